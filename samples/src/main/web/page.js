// Puts the page together. The address may name others: ?board=KEY&chat=CHANNEL

import { Board } from "./board.js";
import { Chat } from "./chat.js";
import { Connection } from "./connection.js";

const STATES = { connecting: "Connecting …", connected: "Live", waiting: "Trying again …" };
const byId = (id) => document.getElementById(id);

const names = new URLSearchParams(location.search);
const key = names.get("board") ?? "board";
const channel = names.get("chat") ?? "chat";
for (const [id, name] of [["key", key], ["channel", channel]]) {
  document.querySelectorAll(`.${id}`).forEach((place) => (place.textContent = name));
}

const board = new Board({ list: byId("board"), empty: byId("empty"), leader: byId("leader") });
const chat = new Chat({ channel, log: byId("log"), form: byId("say"), problem: byId("problem") });

const broker = await (await fetch("broker")).text();
const connection = new Connection(
  broker,
  (rsocket, failed) => {
    board.follow(rsocket, key, () => connection.works(), failed);
    chat.follow(rsocket, failed);
  },
  show,
);
byId("hurry").addEventListener("click", () => connection.hurry());

function show(state, why) {
  // While tries fail one after the other nothing is said twice: a screen reader reads every change.
  const kept = state === "connecting" && document.body.dataset.state === "waiting";
  const words = kept ? undefined : `${why} ${STATES[state]}`.trim();
  if (words !== undefined && byId("state").textContent !== words) {
    byId("state").textContent = words;
  }
  if (!kept) {
    document.body.dataset.state = state;
  }
  byId("hurry").hidden = document.body.dataset.state !== "waiting";
}
