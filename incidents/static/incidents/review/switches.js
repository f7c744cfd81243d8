// The switches under the map. Each is a function that starts it with what it does, and says whether it is on.

const FOLLOWS = "desk-follows-map";

function switched(id, kept) {
  const box = document.getElementById(id);
  if (kept) box.checked = recall() === "1";
  const start = (turn) => {
    box.disabled = false;
    box.addEventListener("change", () => {
      if (kept) remember(box.checked ? "1" : "");
      turn(box.checked);
    });
  };
  start.isOn = () => box.checked;
  return start;
}

// For this tab only; where the browser keeps nothing, for this page only.
function recall() {
  try {
    return sessionStorage.getItem(FOLLOWS);
  } catch {
    return "";
  }
}

function remember(value) {
  try {
    sessionStorage.setItem(FOLLOWS, value);
  } catch {
    // then it is forgotten
  }
}

export const heat = switched("map-heat", false);
export const follow = switched("map-follow", true);
