// Shows what only works with script (class needs-script).
document.documentElement.classList.add("with-script");
