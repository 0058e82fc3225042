'use strict';

const { setInterval } = require('node:timers');

/** Preloaded into a process with `node --require`: once it is ready, it blocks its event loop again and again. */
const BLOCK_MS = 700;
const never = new Int32Array(new SharedArrayBuffer(4));
const { send } = process;

process.send = (...args) => {
  setInterval(() => Atomics.wait(never, 0, 0, BLOCK_MS), 1);
  return send.apply(process, args);
};
