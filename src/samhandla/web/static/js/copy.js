// [data-copy="id"]: copies the text of that element, or selects it where the browser refuses.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copy);
  const status = button.parentElement.querySelector("[role=status]");
  try {
    await navigator.clipboard.writeText(text.innerText.trim());
    status.textContent = button.dataset.copied;
  } catch {
    getSelection().selectAllChildren(text);
    status.textContent = button.dataset.selected;
  }
});
