'use strict';

/** Preloaded into a process with `node --require`: its clock is wrong by CLOCK_OFF_MS milliseconds. */
const off = Number(process.env.CLOCK_OFF_MS);
const RealDate = Date;

global.Date = class Date extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + off);
    else super(...args);
  }

  static now() {
    return RealDate.now() + off;
  }
};
