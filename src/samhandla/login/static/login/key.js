// A key that was not used, or was refused by the browser: say so beside the button instead of in the console.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const told = document.querySelector("[data-key-error]");
  if (told) told.hidden = false;
});
// What cannot work without script is shown by it.
for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;
