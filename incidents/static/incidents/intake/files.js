// Photos, sound and film beside the words: made small where the browser can, shown, and taken back with one tap. A photo
// is drawn anew, so that nothing the camera wrote into the file leaves the phone.
const form = document.getElementById("statement");
const box = form.querySelector("[data-files]");
const list = box.querySelector("ul");
const said = box.querySelector("[data-files-said]");
const SIDE_PX = 1280;
const QUALITIES = [0.6, 0.45, 0.3];
const GOAL_BYTES = 200_000;
const HEAVY_BYTES = 5 * 1024 * 1024;
const MOST_BYTES = 32 * 1024 * 1024;
const MOST = 20;
const ROOM = 3; // how much more room than its own size a file needs: it is sealed beside itself, and as a draft
let files = []; // {blob, type}
let working = Promise.resolve();

export const count = () => files.length;
export const all = () => files;

export async function chosen() {
  await working;
  return files;
}

export function add(picked) {
  working = working.then(async () => {
    for (const file of picked) await take(file);
  });
  return working;
}

// From a draft: already as it will be sent.
export function bring(blob) {
  put({ blob, type: blob.type });
}

export function clear() {
  for (const address of list.querySelectorAll("img")) URL.revokeObjectURL(address.src);
  files = [];
  list.replaceChildren();
  said.textContent = "";
}

async function take(file) {
  said.textContent = box.dataset.working;
  const blob = file.type.startsWith("image/") ? await small(file).catch(() => file) : file;
  said.textContent = "";
  if (!blob.size) return say(box.dataset.empty);
  if (blob.size > MOST_BYTES) return say(box.dataset.most);
  if (files.length >= MOST) return say(box.dataset.many);
  if (!(await fits(blob.size))) return say(box.dataset.room);
  put({ blob, type: blob.type });
  if (blob.size > HEAVY_BYTES) say(box.dataset.heavy);
  form.dispatchEvent(new Event("files"));
}

const say = (message) => (said.textContent = message);

async function fits(size) {
  const { quota = Infinity, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  return quota - usage > size * ROOM;
}

async function small(file) {
  const image = await createImageBitmap(file);
  const scale = Math.min(1, SIDE_PX / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  let drawn = null;
  for (const quality of QUALITIES) {
    drawn = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
    if (drawn.size <= GOAL_BYTES) break;
  }
  return drawn;
}

function put(entry) {
  files.push(entry);
  const item = document.createElement("li");
  item.append(picture(entry), caption(entry), away(entry, item));
  list.append(item);
}

function picture({ blob, type }) {
  if (!type.startsWith("image/")) {
    const sign = document.createElement("span");
    sign.className = "sign";
    sign.textContent = type.startsWith("audio/") ? "♪" : "▶";
    sign.ariaHidden = "true";
    return sign;
  }
  const image = document.createElement("img");
  image.alt = "";
  image.src = URL.createObjectURL(blob);
  return image;
}

function caption({ blob, type }) {
  const words = document.createElement("span");
  const kind = box.dataset[type.split("/")[0]] ?? box.dataset.file;
  words.textContent = `${kind}, ${size(blob.size)}`;
  return words;
}

function size(bytes) {
  const [value, unit] = bytes < 1e6 ? [Math.ceil(bytes / 1000), "kilobyte"] : [bytes / 1e6, "megabyte"];
  const style = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 };
  return value.toLocaleString(document.documentElement.lang, style);
}

function away(entry, item) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = box.dataset.remove;
  button.addEventListener("click", () => {
    files = files.filter((other) => other !== entry);
    const image = item.querySelector("img");
    if (image) URL.revokeObjectURL(image.src);
    item.remove();
    form.dispatchEvent(new Event("files"));
    form.elements.photo.focus();
  });
  return button;
}

form.addEventListener("reset", clear);
