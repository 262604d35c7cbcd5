// rsocket-js expects Node's Buffer as a global.
export { Buffer } from "buffer/";
