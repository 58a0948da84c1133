/* The frame of a page: rail, menus, dialogs, drawer, toasts, copying, lost network. */
(() => {
  const TOAST_MS = 10000;
  const root = document.documentElement;
  const drawer = document.getElementById("drawer");
  const toasts = document.getElementById("toasts");
  let opener = null;

  const byUi = (name) => document.querySelector(`[data-ui="${name}"]`);

  function remember(name, value) {
    try {
      localStorage.setItem(name, value);
    } catch {
      /* private window: not kept */
    }
  }

  function foldRail() {
    root.dataset.rail = root.dataset.rail === "folded" ? "open" : "folded";
    remember("rail", root.dataset.rail);
  }

  /* Drawer: filled by htmx, emptied to close; the focus goes in and comes back. */
  function closeDrawer() {
    drawer.replaceChildren();
    mark(opener, false);
    if (opener && opener.isConnected) opener.focus();
    opener = null;
  }

  function mark(link, on) {
    const row = link && link.closest("tr");
    if (row) row.classList.toggle("on", on);
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target !== drawer) return;
    mark(opener, false);
    opener = event.detail.elt;
    mark(opener, true);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== drawer) return;
    const title = drawer.querySelector("[data-focus]");
    if (title) title.focus();
  });

  /* Everything that is closed by a click on it, outside of it, or by Esc. */
  function closeOne() {
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (drawer && drawer.childElementCount && opener) closeDrawer();
    else return false;
    return true;
  }

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    const button = event.target.closest("[data-closes], [data-opens], [data-copies], [data-ui='rail-toggle']");
    if (!button) return;
    if (button.dataset.ui === "rail-toggle") foldRail();
    else if (button.dataset.opens) document.getElementById(button.dataset.opens).showModal();
    else if (button.dataset.copies) copy(button);
    else close(button, event);
  });

  function close(button, event) {
    const dialog = button.closest("dialog");
    if (dialog) dialog.close();
    else if (drawer && drawer.contains(button)) {
      if (!opener) return; /* came with the page: the link leads to the page without it */
      event.preventDefault();
      closeDrawer();
    } else button.closest("[data-ui]:not(button)").remove();
  }

  async function copy(button) {
    const field = document.getElementById(button.dataset.copies);
    field.select();
    await navigator.clipboard.writeText(field.value);
    toast(button.dataset.done);
  }

  /* Toasts: leave by themselves, not while someone reads them. */
  function toast(words) {
    const line = document.createElement("div");
    line.className = "toast-line";
    line.dataset.ui = "toast";
    line.textContent = words;
    toasts.append(line);
    letGo(line);
  }

  function letGo(line) {
    setTimeout(() => {
      if (line.matches(":hover, :focus-within")) letGo(line);
      else line.remove();
    }, TOAST_MS);
  }

  for (const line of toasts ? toasts.children : []) letGo(line);
  document.addEventListener("toast", (event) => toast(event.detail.value));

  /* A row of tabs that is wider than the screen shows the one the person is on. */
  const tab = document.querySelector(".tabs [aria-current]");
  if (tab) tab.scrollIntoView({ block: "nearest", inline: "center" });

  /* Columns of a list are put elsewhere by dragging their heading; the menu does the same by keys. */
  let dragged = null;
  for (const row of document.querySelectorAll("[data-ui=headings]")) {
    row.addEventListener("dragstart", (event) => (dragged = event.target.closest("th")));
    row.addEventListener("dragover", (event) => dragged && event.preventDefault());
    row.addEventListener("drop", (event) => {
      const place = event.target.closest("th[draggable]");
      if (!dragged || !place || place === dragged) return;
      event.preventDefault();
      const later = dragged.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_FOLLOWING;
      place[later ? "after" : "before"](dragged);
      const here = new URL(location.href);
      here.searchParams.set("columns", [...row.querySelectorAll("th[draggable]")].map((th) => th.dataset.column).join(","));
      location.assign(here);
    });
  }

  /* Lost network: a banner, and the page stays as it is. */
  function network(lost) {
    const banner = byUi("offline");
    if (banner) banner.hidden = !lost;
  }

  addEventListener("offline", () => network(true));
  addEventListener("online", () => network(false));
  document.addEventListener("htmx:sendError", () => network(true));
  document.addEventListener("htmx:afterOnLoad", () => network(false));

  window.clientela = { byUi, closeOne, remember };
})();
