// What calls somebody back to a critical incident: a quiet sound, if they switched it on, and a number in the title.

const words = JSON.parse(document.getElementById("live-words").textContent);
const button = document.getElementById("live-sound");
const KEPT = "desk-sound";
const title = document.title;
const TONES = [659.3, 880]; // Hz: a fourth upwards
const LENGTH = 0.45; // seconds
const LOUDEST = 0.06;

let audio = null; // made at a gesture only: browsers allow no sound before, and nobody wants one
let unseen = 0;

const isOn = () => localStorage.getItem(KEPT) === "on";

function show() {
  button.textContent = isOn() ? words.sound_on : words.sound_off;
  button.setAttribute("aria-pressed", String(isOn()));
}

function wake() {
  if (!isOn()) return;
  audio ??= new AudioContext();
  audio.resume();
}

function play() {
  if (!audio || !isOn()) return;
  TONES.forEach((hertz, place) => {
    const start = audio.currentTime + place * LENGTH * 0.6;
    const [tone, volume] = [audio.createOscillator(), audio.createGain()];
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(LOUDEST, start + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + LENGTH);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + LENGTH);
  });
}

export function count(number) {
  unseen = document.hidden ? number : 0;
  document.title = unseen ? `(${unseen}) ${title}` : title;
}

// So many critical incidents, or people in danger, are new.
export function heed(number) {
  if (!number) return;
  play();
  count(unseen + number);
}

button.addEventListener("click", () => {
  if (isOn()) localStorage.removeItem(KEPT);
  else localStorage.setItem(KEPT, "on");
  show();
  wake();
  play();
});
for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, wake, { once: true, capture: true });
show();
