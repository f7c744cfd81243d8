// Switches notifications on in this browser. What it says stands in the page; this file shows the part that holds.

const page = document.querySelector("#push");
const button = page.querySelector("button");
const fault = page.querySelector(".fault");

function show(state) {
  for (const part of page.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
}

function say(words) {
  fault.textContent = words;
  fault.hidden = false;
}

async function look() {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return "unsupported";
  if (Notification.permission === "denied") return "blocked";
  const registration = await navigator.serviceWorker.getRegistration(page.dataset.here);
  const subscription = await registration?.pushManager.getSubscription();
  if (!subscription) return "off";
  if (subscription.endpoint === page.dataset.endpoint) return "on";
  await subscription.unsubscribe(); // switched off, or moved to another browser: nothing is sent here any more
  return "off";
}

function active(registration) {
  const worker = registration.installing ?? registration.waiting;
  if (registration.active || !worker) return registration;
  return new Promise((resolve) => {
    worker.addEventListener("statechange", () => worker.state === "activated" && resolve(registration));
  });
}

async function subscribe() {
  const { worker, here, key } = page.dataset;
  const registration = await active(await navigator.serviceWorker.register(worker, { scope: here }));
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function tell(subscription) {
  const answer = await fetch(page.dataset.here, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value },
    body: JSON.stringify(subscription),
  });
  if (answer.ok) return location.reload();
  await subscription.unsubscribe();
  say((await answer.json()).fault);
}

async function switchOn() {
  fault.hidden = true;
  button.disabled = true;
  try {
    if ((await Notification.requestPermission()) !== "granted") show(await look());
    else await tell(await subscribe());
  } catch {
    say(fault.dataset.unreachable);
  }
  button.disabled = false;
}

button.addEventListener("click", switchOn);
look().then(show, () => show("unsupported"));
