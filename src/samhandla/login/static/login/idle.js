// A screen that nobody touches is covered: <body data-idle="30" data-lock="/bekrafta/">.
(() => {
  const { idle, lock } = document.body.dataset;
  if (!idle || !lock) return;
  let last = Date.now();
  const touched = () => { last = Date.now(); };
  for (const kind of ["keydown", "pointerdown", "scroll"]) addEventListener(kind, touched, { passive: true });
  const look = () => {
    if (Date.now() - last < idle * 60000) return;
    document.dispatchEvent(new Event("samhandla:locking"));
    document.body.classList.add("is-locked");
    location.assign(`${lock}?las=1&next=${encodeURIComponent(location.pathname + location.search)}`);
    last = Infinity;
  };
  setInterval(look, 5000);
  document.addEventListener("visibilitychange", look);
})();
