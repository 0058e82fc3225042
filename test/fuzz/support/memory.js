'use strict';

// Loaded into the web process before its own code: answers `memory` with what is on the heap after a collection.
process.on('message', (message) => {
  if (message !== 'memory') return;
  global.gc();
  process.send({ heap: process.memoryUsage().heapUsed, resident: process.memoryUsage().rss });
});
