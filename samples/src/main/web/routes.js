// A broker's routes over RSocket: JSON data, and composite metadata that holds nothing but the route.

/** The number of message/x.rsocket.routing.v0 among the well-known types. */
const ROUTING = 0x7e;

/** One entry: its type, its length in three bytes, and a list of one tag, which has its length in front. */
function metadata(route) {
  const tag = Buffer.from(route);
  const length = tag.length + 1;
  const head = [0x80 | ROUTING, length >> 16, (length >> 8) & 0xff, length & 0xff, tag.length];
  return Buffer.concat([Buffer.from(head), tag]);
}

function payload(route, data) {
  return { metadata: metadata(route), data: Buffer.from(JSON.stringify(data)) };
}

function value(received) {
  return JSON.parse(received.data.toString());
}

/** Asks for `demand` items; more only with request(n) of what is returned. */
export function stream(rsocket, route, data, demand, { next, failed }) {
  return rsocket.requestStream(payload(route, data), demand, {
    onNext: (item) => next(value(item)),
    onError: failed,
    onComplete() {},
    onExtension() {},
  });
}

/** One request, one reply. */
export function call(rsocket, route, data) {
  return new Promise((resolve, reject) => {
    rsocket.requestResponse(payload(route, data), {
      onNext: (reply) => resolve(value(reply)),
      onError: reject,
      onComplete() {},
      onExtension() {},
    });
  });
}

/** Text as the broker sends it: bytes that are no UTF-8 come as an object. */
export function text(sent) {
  return typeof sent === "string" ? sent : `base64:${sent.base64}`;
}
