// [data-counts="id"]: says how many characters are left of that field's limit, or are too many.
const wordsOf = (counter, length) => {
  const left = Number(counter.dataset.limit) - length;
  const form = left < 0 ? counter.dataset.over : counter.dataset.left;
  return form.replace("#", Math.abs(left).toLocaleString(document.documentElement.lang));
};
const lengthOf = (text) => [...text.trim().replace(/\r?\n/g, "\r\n")].length;
const count = (counter) => {
  const field = document.getElementById(counter.dataset.counts);
  if (!field) return;
  const length = lengthOf(field.value);
  counter.textContent = wordsOf(counter, length);
  counter.classList.toggle("field__counter--over", length > Number(counter.dataset.limit));
};
const countIn = (part) => part.querySelectorAll("[data-counts]").forEach(count);
document.addEventListener("input", (event) => {
  const counter = document.getElementById(`${event.target.id}_counter`);
  if (counter) count(counter);
});
document.addEventListener("htmx:load", (event) => countIn(event.target));
countIn(document);
