'use strict';

// Loaded into a process before its own code: lets it fail with an error that carries what it must not tell.
process.on('message', (message) => {
  if (typeof message !== 'object' || message === null || !('breakWith' in message)) return;
  const error = Object.assign(new Error(message.breakWith), { parameters: [message.breakWith] });
  if (message.how !== 'rejection') throw error;
  Promise.reject(error);
});
