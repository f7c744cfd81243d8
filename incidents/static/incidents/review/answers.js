// What the server says of a part of the map. Answers are kept for going back and forth; only the last question counts.

const KEPT = 60;

export async function ask(query, bounds, zoom, signal) {
  const asked = new URLSearchParams(query);
  asked.set("bounds", bounds);
  asked.set("zoom", zoom);
  const answer = await fetch(`map.json?${asked}`, { credentials: "same-origin", signal });
  if (!answer.ok) throw new Error(`map: ${answer.status}`);
  return answer.json();
}

export class Answers {
  #kept = new Map();
  #asking = null;

  forget() {
    this.#kept.clear();
  }

  // Rejects with an AbortError where another question came before the answer.
  async about(query, bounds, zoom) {
    this.#asking?.abort();
    const key = [query, bounds, zoom].join();
    const known = this.#kept.get(query) ?? this.#kept.get(key);
    if (known) return known;
    this.#asking = new AbortController();
    const answer = await ask(query, bounds, zoom, this.#asking.signal);
    // Where all there is fits in one answer, it does for every view.
    this.#keep(answer.clusters.length || answer.inside < answer.located ? key : query, answer);
    return answer;
  }

  #keep(key, answer) {
    this.#kept.set(key, answer);
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value);
  }
}
