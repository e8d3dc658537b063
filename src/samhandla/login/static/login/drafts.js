// Long texts are kept on the server while they are written, and offered again where they were lost.
// <body data-drafts="/utkast/"> says where; data-draft="no" on a field leaves it out.
(() => {
  const store = document.body.dataset.drafts;
  const fields = [...document.querySelectorAll('form[method="post"] textarea:not([data-draft="no"])')];
  if (!store || !fields.length) return;
  const page = location.pathname;
  const named = (field) => `${field.form.getAttribute("action") || ""}#${field.name}`.slice(-80);
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

  const keep = async (field) => {
    const body = new URLSearchParams({ sida: page, falt: named(field), text: field.value });
    const headers = { "X-CSRFToken": token(), "X-Requested-With": "XMLHttpRequest" };
    try {
      const answer = await fetch(store, { method: "POST", body, headers, keepalive: true });
      field.dataset.kept = answer.ok ? field.value : "";
    } catch {
      field.dataset.kept = ""; // tried again at the next pause
    }
  };

  const offer = (field, text) => {
    if (!text || text === field.value) return;
    const box = document.getElementById("utkast-mall").content.firstElementChild.cloneNode(true);
    box.querySelector("[data-draft-text]").textContent = text.length > 120 ? `${text.slice(0, 120)} …` : text;
    box.querySelector("[data-draft-back]").addEventListener("click", () => {
      field.value = text;
      box.remove();
      field.focus();
    });
    box.querySelector("[data-draft-away]").addEventListener("click", () => {
      box.remove();
      keep(field);
    });
    field.before(box);
  };

  for (const field of fields) {
    let pause;
    field.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(() => keep(field), 1500);
    });
  }
  document.addEventListener("samhandla:locking", () => {
    for (const field of fields) if (field.value !== field.defaultValue) keep(field);
  });
  fetch(`${store}?${new URLSearchParams({ sida: page })}`, { headers: { Accept: "application/json" } })
    .then((answer) => (answer.ok ? answer.json() : { drafts: {} }))
    .then(({ drafts }) => fields.forEach((field) => offer(field, drafts[named(field)])))
    .catch(() => undefined);
})();
