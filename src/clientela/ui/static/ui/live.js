/* What changes by itself: the stream, polling when it is down, the call bar, notes that are kept.
   A message carries kind and id; the page asks for what it may see ("live-call", "live-queue"). */
(() => {
  const POLL_MS = 10000;
  const { byUi } = window.clientela;
  const body = document.body;
  const calls = document.getElementById("calls");
  const dot = byUi("live-dot");
  if (!calls) return;

  const since = Number(body.dataset.now);
  const known = { call: since, queue: since };
  let source = null;
  let polling = 0;

  const tell = (kind) => body.dispatchEvent(new CustomEvent(`live-${kind}`));

  /* Ask once what was missed; a kind that changed after what the page shows is fetched again. */
  async function ask() {
    try {
      const answer = await fetch("/live/poll", { redirect: "error" });
      if (!answer.ok) return;
      for (const [kind, at] of Object.entries(await answer.json())) {
        if (at > known[kind]) tell(kind);
        known[kind] = Math.max(at, known[kind]);
      }
    } catch {
      dot.dataset.state = "off";
    }
  }

  function poll(on) {
    dot.dataset.state = on ? "polling" : "live";
    if (on && !polling) polling = setInterval(ask, POLL_MS);
    if (!on) polling = clearInterval(polling) || 0;
  }

  function connect() {
    source = new EventSource(body.dataset.live, { withCredentials: true });
    source.onopen = () => poll(false);
    source.onerror = () => {
      poll(true);
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, POLL_MS);
    };
    source.addEventListener("again", ask);
    for (const kind of Object.keys(known)) source.addEventListener(kind, () => tell(kind));
    source.addEventListener("toast", (event) => {
      const { id } = JSON.parse(event.data);
      window.htmx.ajax("GET", `/live/toasts/${id}`, { source: calls, swap: "none" });
    });
  }

  if (body.dataset.live) connect();
  else poll(true);
  addEventListener("pagehide", () => source && source.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());

  /* An answered call opens its page once, in the tab one looks at, never under somebody's typing. */
  function remembered(name, value) {
    try {
      if (value === undefined) return localStorage.getItem(name);
      if (value === null) localStorage.removeItem(name);
      else localStorage.setItem(name, value);
    } catch {
      /* private window: not kept */
    }
    return null;
  }

  function openAnswered() {
    const call = calls.querySelector("[data-opens-page]");
    if (!call) return;
    const page = call.dataset.opensPage;
    const here = location.pathname === page;
    if (remembered("opened-call") === page) return;
    const field = document.activeElement;
    const typing = field && field.matches("input, textarea") && field.value && field.value !== field.defaultValue;
    if (!here && (document.hidden || typing)) return;
    remembered("opened-call", page);
    if (!here) location.assign(page);
  }

  /* Clocks run; what leaves the bar by itself is asked for again when its time has come. */
  const two = (count) => String(count).padStart(2, "0");

  function clock(seconds) {
    const minutes = Math.floor(seconds / 60);
    const rest = `${two(minutes % 60)}:${two(seconds % 60)}`;
    return minutes < 60 ? rest : `${Math.floor(minutes / 60)}:${rest}`;
  }

  setInterval(() => {
    const now = Date.now();
    for (const one of calls.querySelectorAll("[data-since]")) {
      one.textContent = clock(Math.max(0, Math.floor((now - Date.parse(one.dataset.since)) / 1000)));
    }
    for (const one of calls.querySelectorAll("[data-until]")) {
      if (now < Date.parse(one.dataset.until)) continue;
      delete one.dataset.until;
      tell("call");
    }
  }, 1000);

  document.addEventListener("htmx:afterSwap", (event) => event.detail.target === calls && openAnswered());
  openAnswered();

  /* A note is in the browser at each key until the server has it. */
  const note = document.querySelector("[data-keeps]");
  if (note) {
    const name = `note ${note.dataset.keeps}`;
    const kept = remembered(name);
    if (kept && kept !== note.value) {
      note.value = kept;
      note.dispatchEvent(new Event("input", { bubbles: true }));
    }
    note.addEventListener("input", () => remembered(name, note.value));
    note.addEventListener("htmx:afterRequest", (event) => {
      const sent = event.detail.requestConfig.parameters.note;
      if (event.detail.successful && sent === note.value) remembered(name, null);
    });
  }
})();
