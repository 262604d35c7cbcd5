// One connection at a time, and the next when it is lost: each wait is twice the one before, up to half a minute, and
// somewhat random, so that the pages of a broker that comes back do not all return at once.

import { ErrorCodes, RSocketConnector } from "rsocket-core";
import { WebsocketClientTransport } from "rsocket-websocket-client";

const WAIT_MS = 500;
const WAIT_MS_MAX = 30_000;
/** A browser wakes a page that is not looked at once a minute: its connection must outlive that. */
const KEEP_ALIVE_MS = 20_000;
const LIFETIME_MS = 180_000;

/**
 * @param opened what to do with each new connection; gets it, and a callback for errors of its streams
 * @param show gets "connecting", "connected" or "waiting", and why
 */
export class Connection {
  #url;
  #opened;
  #show;
  #failures = 0;
  #timer;

  constructor(url, opened, show) {
    this.#url = url;
    this.#opened = opened;
    this.#show = show;
    addEventListener("online", () => this.hurry());
    this.#connect();
  }

  /** Tries now instead of when the wait is over. */
  hurry() {
    if (this.#timer !== undefined) {
      this.#connect();
    }
  }

  /** The broker has answered: the next loss is a first one. */
  works() {
    this.#failures = 0;
    this.#show("connected", "");
  }

  async #connect() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#show("connecting", "");
    try {
      const rsocket = await connect(this.#url);
      let reason = "The connection is lost.";
      rsocket.onClose(() => this.#wait(reason));
      this.#opened(rsocket, (error) => {
        if (error.code === ErrorCodes.APPLICATION_ERROR) {
          reason = error.message;
          rsocket.close();
        }
      });
    } catch {
      this.#wait("The broker cannot be reached, or does not allow this page's origin (http-origins).");
    }
  }

  #wait(reason) {
    const longest = Math.min(WAIT_MS_MAX, WAIT_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#timer = setTimeout(() => this.#connect(), longest * (0.5 + Math.random() / 2));
    this.#show("waiting", reason);
  }
}

function connect(url) {
  return new RSocketConnector({
    setup: {
      dataMimeType: "application/json",
      metadataMimeType: "message/x.rsocket.composite-metadata.v0",
      keepAlive: KEEP_ALIVE_MS,
      lifetime: LIFETIME_MS,
    },
    transport: new WebsocketClientTransport({ url }),
  }).connect();
}
