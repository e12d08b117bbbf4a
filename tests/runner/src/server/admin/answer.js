// Shows the fields of the answer; tokens are decoded, not verified.
(() => {
  'use strict';
  const place = document.getElementById('answer');
  const decode = (part) => {
    const bytes = Uint8Array.from(atob(part.replace(/-/g, '+').replace(/_/g, '/')), (one) => one.charCodeAt(0));
    return JSON.stringify(JSON.parse(new TextDecoder().decode(bytes)), null, 2);
  };
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
    const card = document.createElement('section');
    card.className = 'card';
    const title = document.createElement('h2');
    title.textContent = name;
    const text = document.createElement('pre');
    text.id = `answer-${name}`;
    const parts = value.split('.');
    try {
      text.textContent = parts.length === 3 ? `${decode(parts[0])}\n${decode(parts[1])}` : value;
    } catch {
      text.textContent = value;
    }
    card.append(title, text);
    place.append(card);
  }
})();
