/* Keys, from the table in the page: rows of [keys, what, target]. A key does something only where an
   element with that data-ui is, never while something is being typed, and Ctrl goes before that. */
(() => {
  const PAUSE_MS = 1000;
  const { byUi, closeOne, remember } = window.clientela;
  const table = JSON.parse(document.body.dataset.keys || "[]");
  let typed = "";
  let lastAt = 0;

  function singleKeysOff() {
    try {
      return localStorage.getItem("single-keys") === "off";
    } catch {
      return false;
    }
  }

  const typing = (target) =>
    target.isContentEditable || target.closest("input:not([type=checkbox], [type=radio]), textarea, select");

  function nameOf(event) {
    if (event.key === "Escape") return "Esc";
    const key = event.key.length === 1 && (event.ctrlKey || event.metaKey) ? event.key.toLowerCase() : event.key;
    return (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + key;
  }

  const find = (keys) => table.filter((row) => row[0] === keys);
  const begins = (keys) => table.some((row) => row[0].startsWith(keys + " "));

  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.isComposing || event.key === "Dead") return;
    const name = nameOf(event);
    const free = name === "Esc" || name.startsWith("Ctrl+");
    if (!free && (typing(event.target) || singleKeysOff() || document.querySelector("dialog[open]"))) return;
    typed = event.timeStamp - lastAt < PAUSE_MS && typed ? `${typed} ${name}` : name;
    lastAt = event.timeStamp;
    const rows = [...find(typed), ...find(name)];
    const row = rows.find((one) => act(one, event));
    if (row) event.preventDefault();
    if (row || !begins(typed)) typed = begins(name) && !rows.length ? name : "";
  });

  function act([, what, target], event) {
    if (what === "close") return closeOne();
    if (what === "rows") return move(target);
    const element = placeOf(what, target, event);
    if (!element || element.offsetParent === null) return false;
    if (what === "into") element.focus();
    else if (what === "focus") element.select();
    else element.click();
    return true;
  }

  function placeOf(what, target, event) {
    if (what === "press" && target === "submit") return submitOf(event.target);
    if (what === "within") {
      const offer = event.target.closest("[data-ui^='offer-'], [data-ui^='compared-']");
      return offer && offer.querySelector(`[data-ui="${target}"]`);
    }
    const place = byUi(target);
    return what === "into" ? place && place.querySelector("a, button, input, summary, textarea") : place;
  }

  const submitOf = (target) => {
    const form = target.closest("form");
    return (form && form.querySelector("[data-ui=submit]")) || byUi("submit");
  };

  /* Rows of a list: one link in each is its door, marked data-row. */
  function move(where) {
    const links = [...document.querySelectorAll("[data-row]")];
    if (!links.length || where === "open") return false;
    const at = links.indexOf(document.activeElement);
    const last = links.length - 1;
    const next = { first: 0, last, next: Math.min(at + 1, last), previous: Math.max(at - 1, 0) }[where];
    links[next].focus();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (!event.target.matches("[data-row]")) return;
    const where = { ArrowDown: "next", ArrowUp: "previous", Home: "first", End: "last" }[event.key];
    if (where && move(where)) event.preventDefault();
  });

  /* Suggestions under the search box: arrows walk, Enter opens, Esc closes; down from it into the rows. */
  const form = document.querySelector("[data-suggests]");
  if (form) {
    const input = form.querySelector("input");
    const list = form.querySelector("[role=listbox]");
    const options = () => [...list.querySelectorAll("a[role=option]")];
    const chosen = () => options().findIndex((option) => option.ariaSelected === "true");

    const show = (open) => {
      list.hidden = !open;
      input.ariaExpanded = String(open);
      if (!open) input.removeAttribute("aria-activedescendant");
    };

    const choose = (index) => {
      options().forEach((option, place) => (option.ariaSelected = String(place === index)));
      const option = options()[index];
      if (option) input.setAttribute("aria-activedescendant", option.id);
    };

    input.addEventListener("keydown", (event) => {
      const count = options().length;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") show(false);
      else if (step && count && !list.hidden) choose((chosen() + step + count) % count);
      else if (event.key === "Enter" && chosen() >= 0 && !list.hidden) options()[chosen()].click();
      else if (event.key !== "ArrowDown" || !move("first")) return;
      event.preventDefault();
    });
    document.addEventListener("htmx:afterSwap", (event) => {
      if (event.detail.target === list) show(list.childElementCount > 0 && input.value.trim() !== "");
    });
    input.addEventListener("focus", () => show(list.childElementCount > 0 && input.value.trim() !== ""));
    form.addEventListener("focusout", (event) => {
      if (!form.contains(event.relatedTarget)) show(false);
    });
    list.addEventListener("mousedown", (event) => event.preventDefault());
  }

  const box = document.querySelector("[data-single-keys]");
  if (box) {
    box.checked = !singleKeysOff();
    box.addEventListener("change", () => remember("single-keys", box.checked ? "on" : "off"));
  }
})();
