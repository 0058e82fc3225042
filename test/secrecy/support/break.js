'use strict';

// Preloaded into a process: throws an error whose message and fields contain secrets.
process.on('message', (message) => {
  if (typeof message !== 'object' || message === null || !('breakWith' in message)) return;
  const error = Object.assign(new Error(message.breakWith), { parameters: [message.breakWith] });
  if (message.how !== 'rejection') throw error;
  Promise.reject(error);
});
