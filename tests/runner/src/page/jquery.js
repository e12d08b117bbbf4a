// The part of jQuery that templates use. Azure AD B2C's own pages bring jQuery, so scripts of templates expect `$` without loading
// it. This is our own code with the behaviour that jQuery's documentation describes; what is not here fails in the browser's
// console, and a template that loads jQuery itself replaces it.
(() => {
  'use strict';

  const isText = (value) => typeof value === 'string';
  const isFunction = (value) => typeof value === 'function';
  const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

  /** Elements that a selector, HTML, an element or a list of them stands for. */
  function found(what, context) {
    if (!what) return [];
    if (isText(what)) return what.trim().startsWith('<') ? parsed(what) : selected(what, context);
    if (what.nodeType || what === window) return [what];
    return [...what];
  }

  function parsed(html) {
    const holder = document.createElement('template');
    holder.innerHTML = html.trim();
    return [...holder.content.childNodes];
  }

  function selected(selector, context) {
    const roots = context ? found(context) : [document];
    const all = roots.flatMap((root) => [...root.querySelectorAll(selector)]);
    return [...new Set(all)];
  }

  /** A collection, or for a function: what runs when the document is complete. */
  function $(what, context) {
    if (isFunction(what)) return $(document).ready(what);
    const list = Object.create($.fn);
    const nodes = found(what, context);
    nodes.forEach((node, at) => { list[at] = node; });
    list.length = nodes.length;
    return list;
  }

  /** What was given to on(): to take it away again. */
  const listeners = new WeakMap();

  function listen(node, names, selector, action, isOnce) {
    for (const name of names.trim().split(/\s+/)) {
      const heard = (event) => {
        const at = selector ? event.target.closest?.(selector) : node;
        if (!at || (selector && !node.contains(at))) return;
        if (isOnce) node.removeEventListener(name, heard);
        if (action.call(at, event, ...(event.detail?.more ?? [])) === false) {
          event.preventDefault();
          event.stopPropagation();
        }
      };
      node.addEventListener(name, heard);
      if (!listeners.has(node)) listeners.set(node, []);
      listeners.get(node).push({ name, action, heard });
    }
  }

  function unlisten(node, names, action) {
    const wanted = names?.trim().split(/\s+/);
    listeners.set(node, (listeners.get(node) ?? []).filter((known) => {
      const keeps = (wanted && !wanted.includes(known.name)) || (action && action !== known.action);
      if (!keeps) node.removeEventListener(known.name, known.heard);
      return keeps;
    }));
  }

  /** A click, focus or blur is the element's own; anything else is an event, and a form that nobody stops is sent. */
  function trigger(node, name, more) {
    if (['click', 'focus', 'blur', 'select'].includes(name) && isFunction(node[name]) && !more) return node[name]();
    const goesOn = node.dispatchEvent(new CustomEvent(name, { bubbles: true, cancelable: true, detail: { more } }));
    if (goesOn && name === 'submit' && isFunction(node.submit)) node.submit();
    return undefined;
  }

  /** Reads from the first element, or writes to each: a value, or what a function makes of the one before. */
  function access(list, value, read, write) {
    if (value === undefined) return list.length ? read(list[0]) : undefined;
    return list.each((at, node) => write(node, isFunction(value) ? value.call(node, at, read(node)) : value));
  }

  /** The same for a name with a value, or an object of them. */
  function named(list, name, value, read, write) {
    if (!isText(name)) {
      for (const [key, one] of Object.entries(name)) named(list, key, one, read, write);
      return list;
    }
    return access(list, value, (node) => read(node, name), (node, one) => write(node, name, one));
  }

  const nodesOf = (content) => content.flatMap((one) => (Array.isArray(one) ? one : [one]))
    .flatMap((one) => (isText(one) && !one.trim().startsWith('<') ? [document.createTextNode(one)] : found(one)));

  /** Puts content beside or into each element: the content itself for the last, copies for those before. */
  function place(list, content, put) {
    const nodes = nodesOf(content);
    return list.each((at, node) => {
      const isLast = at === list.length - 1;
      put(node, nodes.map((one) => (isLast ? one : one.cloneNode(true))));
    });
  }

  const walk = (list, step) => $([...new Set([...list].flatMap(step).filter(Boolean))]);
  const matching = (list, selector) => (selector ? list.filter(selector) : list);
  const shown = (node) => node.style?.display !== 'none' && getComputedStyle(node).display !== 'none';

  function reveal(node, visible) {
    node.style.display = visible ? '' : 'none';
    if (visible && getComputedStyle(node).display === 'none') node.style.display = 'block';
  }

  function valueOf(node) {
    return node.multiple && node.options ? [...node.selectedOptions].map((option) => option.value) : node.value;
  }

  function setValue(node, value) {
    if (Array.isArray(value) && node.options) for (const option of node.options) option.selected = value.includes(option.value);
    else if (Array.isArray(value)) node.checked = value.includes(node.value);
    else node.value = value ?? '';
  }

  $.fn = {
    jquery: 'runner',
    constructor: $,
    length: 0,
    [Symbol.iterator]: Array.prototype[Symbol.iterator],

    ready(action) {
      const run = () => action($);
      // Never before the script that asks has ended.
      if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', run);
      else setTimeout(run);
      return this;
    },
    each(action) {
      [...this].every((node, at) => action.call(node, at, node) !== false);
      return this;
    },
    map(action) { return $([...this].map((node, at) => action.call(node, at, node)).filter((one) => one !== null && one !== undefined)); },
    get(at) { return at === undefined ? [...this] : [...this].at(at); },
    toArray() { return [...this]; },
    eq(at) { return $([...this].at(at)); },
    first() { return this.eq(0); },
    last() { return this.eq(-1); },
    index() { return this.length ? [...this[0].parentNode.children].indexOf(this[0]) : -1; },
    add(what) { return $([...new Set([...this, ...found(what)])]); },

    find(selector) { return $(selected(selector, this)); },
    filter(by) { return $([...this].filter((node, at) => (isFunction(by) ? by.call(node, at, node) : node.matches(by)))); },
    not(by) { return $([...this].filter((node) => (isText(by) ? !node.matches(by) : !found(by).includes(node)))); },
    has(selector) { return this.filter((at, node) => node.querySelector(selector)); },
    is(by) { return [...this].some((node) => (isText(by) ? node.matches(by) : found(by).includes(node))); },
    closest(selector) { return walk(this, (node) => node.closest(selector)); },
    parent(selector) { return matching(walk(this, (node) => node.parentElement), selector); },
    children(selector) { return matching(walk(this, (node) => [...node.children]), selector); },
    siblings(selector) {
      return matching(walk(this, (node) => [...node.parentNode.children].filter((other) => other !== node)), selector);
    },
    next(selector) { return matching(walk(this, (node) => node.nextElementSibling), selector); },
    prev(selector) { return matching(walk(this, (node) => node.previousElementSibling), selector); },
    contents() { return walk(this, (node) => [...node.childNodes]); },

    text(value) {
      if (value === undefined) return [...this].map((node) => node.textContent).join('');
      return access(this, value, (node) => node.textContent, (node, text) => { node.textContent = text; });
    },
    html(value) { return access(this, value, (node) => node.innerHTML, (node, html) => { node.innerHTML = html; }); },
    val(value) { return access(this, value, valueOf, setValue); },
    attr(name, value) {
      const read = (node, key) => node.getAttribute(key) ?? undefined;
      return named(this, name, value, read, (node, key, one) => {
        if (one === null) node.removeAttribute(key);
        else node.setAttribute(key, one);
      });
    },
    removeAttr(name) { return this.each((at, node) => node.removeAttribute(name)); },
    prop(name, value) {
      return named(this, name, value, (node, key) => node[key], (node, key, one) => { node[key] = one; });
    },
    data(name, value) {
      return named(this, `data-${kebab(name)}`, value, (node, key) => node.getAttribute(key) ?? undefined,
        (node, key, one) => node.setAttribute(key, one));
    },
    css(name, value) {
      return named(this, name, value, (node, key) => getComputedStyle(node).getPropertyValue(kebab(key)),
        (node, key, one) => node.style.setProperty(kebab(key), typeof one === 'number' ? `${one}px` : one));
    },
    addClass(names) { return this.each((at, node) => node.classList.add(...names.trim().split(/\s+/))); },
    removeClass(names) {
      return this.each((at, node) => {
        if (names === undefined) node.className = '';
        else node.classList.remove(...names.trim().split(/\s+/));
      });
    },
    toggleClass(names, force) {
      return this.each((at, node) => names.trim().split(/\s+/).forEach((name) => node.classList.toggle(name, force)));
    },
    hasClass(name) { return [...this].some((node) => node.classList.contains(name)); },

    show() { return this.each((at, node) => reveal(node, true)); },
    hide() { return this.each((at, node) => reveal(node, false)); },
    toggle(visible) { return this.each((at, node) => reveal(node, visible ?? !shown(node))); },

    append(...content) { return place(this, content, (node, nodes) => node.append(...nodes)); },
    prepend(...content) { return place(this, content, (node, nodes) => node.prepend(...nodes)); },
    after(...content) { return place(this, content, (node, nodes) => node.after(...nodes)); },
    before(...content) { return place(this, content, (node, nodes) => node.before(...nodes)); },
    replaceWith(...content) { return place(this, content, (node, nodes) => node.replaceWith(...nodes)); },
    appendTo(target) { $(target).append(this); return this; },
    prependTo(target) { $(target).prepend(this); return this; },
    insertAfter(target) { $(target).after(this); return this; },
    insertBefore(target) { $(target).before(this); return this; },
    wrap(html) {
      return this.each((at, node) => {
        const [around] = found(html).map((one) => one.cloneNode(true));
        node.replaceWith(around);
        around.append(node);
      });
    },
    clone() { return $([...this].map((node) => node.cloneNode(true))); },
    detach() { return this.each((at, node) => node.remove()); },
    remove() { return this.detach(); },
    empty() { return this.each((at, node) => node.replaceChildren()); },

    on(names, selector, action) {
      const [filter, call] = isFunction(selector) ? [null, selector] : [selector, action];
      return this.each((at, node) => listen(node, names, filter, call, false));
    },
    one(names, action) { return this.each((at, node) => listen(node, names, null, action, true)); },
    off(names, action) { return this.each((at, node) => unlisten(node, names, action)); },
    trigger(name, more) { return this.each((at, node) => trigger(node, name, more && [].concat(more))); },
    serialize() {
      const form = this[0];
      return form ? new URLSearchParams(new FormData(form)).toString() : '';
    },
  };
  $.fn.bind = $.fn.on;
  $.fn.unbind = $.fn.off;

  /** `.click(f)` is `.on('click', f)`; `.click()` is `.trigger('click')`. */
  for (const name of ['click', 'dblclick', 'change', 'input', 'submit', 'focus', 'blur', 'keydown', 'keyup', 'keypress', 'select',
    'mouseenter', 'mouseleave', 'mouseover', 'mouseout', 'mousedown', 'mouseup', 'scroll', 'resize']) {
    $.fn[name] = function either(action) {
      return action ? this.on(name, action) : this.trigger(name);
    };
  }

  // ---------------------------------------------------------------- requests

  /** What the callbacks and the caller are given of a request. */
  function outcome(request) {
    const promise = new Promise((resolve, reject) => { Object.assign(request, { resolve, reject }); });
    promise.catch(() => undefined); // whoever wants to know asks
    const answer = {
      get status() { return request.xhr.status; },
      get statusText() { return request.xhr.statusText || request.word; },
      get responseText() { return request.xhr.responseText; },
      get readyState() { return request.xhr.readyState; },
      getResponseHeader: (name) => request.xhr.getResponseHeader(name),
      abort: () => request.xhr.abort(),
      done(call) { promise.then((told) => call(...told), () => undefined); return answer; },
      fail(call) { promise.catch((told) => call(...told)); return answer; },
      always(call) { promise.then((told) => call(...told), (told) => call(...told)); return answer; },
      then: (good, bad) => promise.then((told) => good?.(...told), bad && ((told) => bad(...told))),
      catch: (bad) => promise.catch((told) => bad(...told)),
    };
    return answer;
  }

  function decoded(xhr, dataType) {
    const isJson = dataType === 'json' || (!dataType && /\bjson\b/.test(xhr.getResponseHeader('content-type') ?? ''));
    return isJson ? JSON.parse(xhr.responseText) : xhr.responseText;
  }

  const encoded = (data) => (isText(data) || !data || data instanceof FormData ? data : $.param(data));

  function open(xhr, options, method, body) {
    const address = new URL(options.url, document.baseURI);
    if (method === 'GET' && body) address.search += `${address.search ? '&' : ''}${body}`;
    xhr.open(method, address.href, options.async !== false);
    const headers = { 'X-Requested-With': 'XMLHttpRequest', Accept: '*/*' };
    if (address.origin !== location.origin) delete headers['X-Requested-With'];
    if (body && method !== 'GET' && options.contentType !== false) {
      headers['Content-Type'] = options.contentType ?? 'application/x-www-form-urlencoded; charset=UTF-8';
    }
    for (const [name, value] of Object.entries({ ...headers, ...options.headers })) xhr.setRequestHeader(name, value);
    xhr.timeout = options.async === false ? 0 : options.timeout ?? 0;
    xhr.withCredentials = Boolean(options.xhrFields?.withCredentials);
  }

  $.ajax = (first, second) => {
    const options = isText(first) ? { ...second, url: first } : first;
    const method = (options.method ?? options.type ?? 'GET').toUpperCase();
    const body = options.processData === false ? options.data : encoded(options.data);
    const xhr = new XMLHttpRequest();
    const request = { xhr, word: '' };
    const answer = outcome(request);
    const ends = (word, told, callback, settle) => {
      request.word = word;
      callback?.call(options.context ?? options, ...told);
      options.complete?.call(options.context ?? options, answer, word);
      settle(told);
    };
    const failed = (word, error = '') => ends(word, [answer, word, error], options.error, request.reject);
    xhr.onload = () => {
      if (!((xhr.status >= 200 && xhr.status < 300) || xhr.status === 304)) return failed('error', xhr.statusText);
      let data;
      try {
        data = decoded(xhr, options.dataType);
      } catch (fault) {
        return failed('parsererror', fault);
      }
      if (data && typeof data === 'object') answer.responseJSON = data;
      return ends('success', [data, 'success', answer], options.success, request.resolve);
    };
    xhr.onerror = () => failed('error');
    xhr.ontimeout = () => failed('timeout', 'timeout');
    xhr.onabort = () => failed('abort', 'abort');
    open(xhr, options, method, body);
    if (options.beforeSend?.call(options, answer, options) === false) return answer;
    xhr.send(method === 'GET' ? null : body ?? null);
    return answer;
  };
  const shorthand = (method, fixed) => (url, data, success, dataType) => (isFunction(data)
    ? $.ajax({ url, method, success: data, dataType: fixed ?? success })
    : $.ajax({ url, method, data, success, dataType: fixed ?? dataType }));
  $.get = shorthand('GET');
  $.post = shorthand('POST');
  $.getJSON = shorthand('GET', 'json');

  // ---------------------------------------------------------------- the rest

  $.param = (data) => new URLSearchParams(Object.entries(data)
    .flatMap(([name, value]) => (Array.isArray(value) ? value.map((one) => [`${name}[]`, one]) : [[name, value ?? '']]))).toString();
  $.each = (list, action) => {
    const rows = Array.isArray(list) || isFunction(list?.each) ? [...list].entries() : Object.entries(list);
    for (const [at, one] of rows) if (action.call(one, at, one) === false) break;
    return list;
  };
  $.map = (list, action) => [...list].flatMap((one, at) => action(one, at) ?? []);
  $.grep = (list, action) => [...list].filter((one, at) => action(one, at));
  $.extend = (first, ...others) => {
    const [target, sources] = first === true ? [others[0], others.slice(1)] : [first, others];
    const merged = first === true ? sources.map((source) => structuredClone(source)) : sources;
    return Object.assign(target, ...merged);
  };
  $.trim = (text) => String(text ?? '').trim();
  $.inArray = (one, list) => [...list].indexOf(one);
  $.isArray = Array.isArray;
  $.isFunction = isFunction;
  $.isEmptyObject = (value) => Object.keys(value).length === 0;
  $.parseJSON = JSON.parse;
  $.parseHTML = parsed;
  $.noop = () => undefined;
  $.now = Date.now;

  window.$ = $;
  window.jQuery = $;
})();
