// Looks whether the server is back, and returns to the page then.
const state = document.getElementById('state');

async function look(announce) {
  if (announce) state.textContent = 'Looking…';
  try {
    if ((await fetch('/healthz', { cache: 'no-store' })).ok) return location.reload();
  } catch {
    // still away
  }
  if (announce) state.textContent = 'Still no answer.';
}

document.getElementById('retry').addEventListener('click', () => look(true));
setInterval(() => look(false), 3000);
