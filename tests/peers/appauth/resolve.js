// The library is written for bundlers: its modules name each other without `.js`, and its package does not say that they are modules.

const OURS = '/@openid/appauth/built/';

export async function resolve(specifier, context, next) {
  const isBare = specifier.startsWith('.') && !specifier.endsWith('.js') && context.parentURL?.includes(OURS);
  return next(isBare ? `${specifier}.js` : specifier, context);
}

export async function load(url, context, next) {
  return next(url, url.includes(OURS) ? { ...context, format: 'module' } : context);
}
