// The chat. It has asked for no more messages than it can draw in one frame, and asks for more when they are drawn; what
// overflows meanwhile the broker drops, oldest first, and says how many there were.

import { call, stream, text } from "./routes.js";

const IN_HAND = 16;
const BUFFER = 100;
const LINES_MAX = 200;

export class Chat {
  #channel;
  #log;
  #form;
  #problem;
  #rsocket;

  constructor({ channel, log, form, problem }) {
    this.#channel = channel;
    this.#log = log;
    this.#form = form;
    this.#problem = problem;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
  }

  /** Listens to the channel on a new connection. */
  follow(rsocket, failed) {
    if (this.#rsocket) {
      this.#append([note("Connected again; what was said meanwhile is not here.")]);
    }
    this.#rsocket = rsocket;
    let waiting = [];
    const request = { channels: [this.#channel], overflow: "drop-oldest", buffer: BUFFER };
    const messages = stream(rsocket, "pubsub.subscribe", request, IN_HAND, {
      next: (message) => {
        if (waiting.push(message) === 1) {
          requestAnimationFrame(() => {
            const drawn = waiting;
            waiting = [];
            this.#append(drawn.flatMap(lines));
            messages.request(drawn.length);
          });
        }
      },
      failed,
    });
  }

  async #send() {
    const { name, message } = this.#form.elements;
    const said = message.value.trim();
    if (!said) {
      return;
    }
    try {
      await call(this.#rsocket, "pubsub.publish", {
        channel: this.#channel,
        message: `${name.value.trim() || "guest"}: ${said}`,
      });
      message.value = "";
      this.#problem.textContent = "";
    } catch (error) {
      this.#problem.textContent = `Not sent: ${error?.message ?? "no connection"}`;
    }
  }

  /** Stays at the newest line, unless somebody reads further up. */
  #append(added) {
    const log = this.#log;
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    log.append(...added);
    while (log.childElementCount > LINES_MAX) {
      log.firstElementChild.remove();
    }
    if (atEnd) {
      log.scrollTop = log.scrollHeight;
    }
  }
}

function lines({ message, missed }) {
  const said = line(text(message), "");
  return missed ? [note(`${missed} ${missed === 1 ? "message" : "messages"} missed`), said] : [said];
}

function note(words) {
  return line(words, "note");
}

function line(words, kind) {
  const paragraph = document.createElement("p");
  paragraph.textContent = words;
  paragraph.className = kind;
  return paragraph;
}
