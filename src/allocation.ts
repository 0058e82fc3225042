import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8 from allocating straight in the old generation what it takes for long-lived (allocation-site pretenuring). Under load it
 * takes a request's objects for that, in most starts but not in all: then a web process holds 225 MB instead of 145 and
 * spends a tenth more. To be called before the work begins.
 */
export function allocateYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
