/* Forms: sent once, faults take the focus, a file by drop. Everything works without this file too. */
(() => {
  const first = document.querySelector("main [data-focus], .faults[data-focus]");
  if (first) first.focus();

  /* A submit is switched off by being sent, never by not being valid. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.ariaBusy === "true") event.preventDefault();
    form.ariaBusy = "true";
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("[data-once]")) form.ariaBusy = "false";
  });

  for (const drop of document.querySelectorAll("[data-drop]")) {
    const input = drop.querySelector("input[type=file]");
    const words = drop.querySelector("[data-file-name]");
    const fault = drop.parentElement.querySelector("[data-too-large]");

    const tell = () => {
      const file = input.files[0];
      const limit = Number(drop.dataset.limit) || Infinity;
      if (file) words.textContent = `${file.name} · ${sizeOf(file.size)}`;
      fault.hidden = !(file && file.size > limit);
      input.setCustomValidity(fault.hidden ? "" : fault.textContent.trim());
      drop.classList.toggle("filled", Boolean(file));
    };

    for (const name of ["dragenter", "dragover"]) {
      drop.addEventListener(name, (event) => {
        event.preventDefault();
        drop.classList.add("over");
      });
    }
    for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
      tell();
    });
    input.addEventListener("change", tell);
    if (input.files.length) tell();
  }

  function sizeOf(bytes) {
    const unit = ["byte", "kilobyte", "megabyte", "gigabyte"][Math.min(Math.floor(Math.log10(bytes || 1) / 3), 3)];
    const scale = { byte: 1, kilobyte: 1e3, megabyte: 1e6, gigabyte: 1e9 }[unit];
    const form = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 };
    return new Intl.NumberFormat(document.documentElement.lang, form).format(bytes / scale);
  }

  /* Codes of countries and currencies get their names in the page's language, sorted by them. */
  const language = document.documentElement.lang;
  const namesOf = (place) => new Intl.DisplayNames(language, { type: place.dataset.names });
  function name(select) {
    const names = namesOf(select);
    const chosen = select.value;
    const options = [...select.options].filter((option) => option.value);
    for (const option of options) option.text = `${names.of(option.value)} (${option.value})`;
    select.append(...options.sort((one, other) => one.text.localeCompare(other.text, language)));
    select.value = chosen;
    delete select.dataset.names;
  }

  function tell(code) {
    code.textContent = namesOf(code).of(code.value);
    delete code.dataset.names;
  }
  const nameAll = () => {
    document.querySelectorAll("select[data-names]").forEach(name);
    document.querySelectorAll("data[data-names]").forEach(tell);
  };
  nameAll();
  document.addEventListener("htmx:afterSwap", nameAll);

  /* Choices that stand as buttons send their form when chosen. */
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-sends]");
    if (form) form.requestSubmit();
  });
})();
