// On a narrow screen the sections are one line to push along: the one that is open stands in sight.

document.querySelector(".sections [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
