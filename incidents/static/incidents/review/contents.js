// A form's contents line leads into parts that are folded away: whoever follows it finds them open.

function unfold() {
  const folded = document.getElementById(location.hash.slice(1))?.closest("details");
  if (folded) folded.open = true;
}

addEventListener("hashchange", unfold);
unfold();
