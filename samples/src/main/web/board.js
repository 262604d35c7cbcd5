// The top 10. It asks for one ranking at a time, and for the next when that one is drawn: what changes in between, or
// while nobody looks at the page, the broker conflates to the newest.

import { stream, text } from "./routes.js";

const MEMBERS = 10;
const MOVE_MS = 350;
const points = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });

export class Board {
  #list;
  #empty;
  #leader;
  #rows = new Map();

  /** @param leader a live region that says who leads */
  constructor({ list, empty, leader }) {
    this.#list = list;
    this.#empty = empty;
    this.#leader = leader;
  }

  /** Follows a sorted set; `works` is called when its first ranking is there. */
  follow(rsocket, key, works, failed) {
    let seen = false;
    const rankings = stream(rsocket, "zset.watch", { key, start: 0, stop: MEMBERS - 1 }, 1, {
      next: (ranking) => {
        if (!seen) {
          seen = true;
          works();
        }
        requestAnimationFrame(() => {
          this.#draw(ranking);
          rankings.request(1);
        });
      },
      failed,
    });
  }

  #draw(ranking) {
    const before = new Map([...this.#rows].map(([member, row]) => [member, row.offsetTop]));
    const best = Math.max(0, ...ranking.map(({ score }) => Number(score)));
    const rows = new Map();
    for (const { member, score, rank } of ranking) {
      const name = text(member);
      const row = this.#rows.get(name) ?? newRow();
      fill(row, { name, score, rank, share: best > 0 ? Math.max(0, Number(score) / best) : 0 });
      rows.set(name, row);
    }
    this.#rows = rows;
    this.#list.replaceChildren(...rows.values());
    this.#empty.hidden = ranking.length > 0;
    this.#announce(ranking[0]);
    slide(rows, before);
  }

  /** Every change of a score would be too much to listen to; a new leader is not. */
  #announce(first) {
    const name = first ? text(first.member) : "";
    if (this.#leader.dataset.name !== name) {
      this.#leader.dataset.name = name;
      this.#leader.textContent = first ? `${name} leads with ${formatted(first.score)}` : "";
    }
  }
}

function newRow() {
  const row = document.createElement("li");
  for (const part of ["rank", "name", "score"]) {
    const span = document.createElement("span");
    span.className = part;
    row.append(span, " ");
  }
  return row;
}

function fill(row, { name, score, rank, share }) {
  const [rankPart, namePart, scorePart] = row.children;
  rankPart.textContent = rank + 1;
  namePart.textContent = name;
  scorePart.textContent = formatted(score);
  row.style.setProperty("--share", Number.isFinite(share) ? share : 1);
}

/** A number; one that JSON has no number for comes as text. */
function formatted(score) {
  return points.format(Number(score));
}

/** Rows slide from where they were to where they are. */
function slide(rows, before) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    return;
  }
  for (const [member, row] of rows) {
    const way = before.has(member) ? before.get(member) - row.offsetTop : 0;
    if (way !== 0) {
      row.animate([{ transform: `translateY(${way}px)` }, { transform: "none" }], { duration: MOVE_MS, easing: "ease-out" });
    } else if (!before.has(member)) {
      row.animate([{ opacity: 0 }, { opacity: 1 }], MOVE_MS);
    }
  }
}
