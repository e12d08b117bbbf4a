// Renders a page of the local tenant: fetches the template, puts it in place, builds the fields in <div id="api">.
// Globals, requests and element ids are those that Azure AD B2C documents or shows on the wire; the code is our own.
(() => {
  'use strict';
  const settings = window.SETTINGS;
  const texts = window.CONTENT;
  const fields = window.SA_FIELDS.AttributeFields;
  const providers = window.CP.list;
  const config = settings.config;

  // ---------------------------------------------------------------- small builders

  /** An element with attributes and children; a string child becomes text, so no policy text becomes markup. */
  function el(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === true) node.setAttribute(name, '');
      else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  }

  const say = (id, fallback = '') => texts[id] ?? fallback;

  function show(node, text) {
    if (!node) return;
    const target = node.querySelector('p') ?? node;
    if (text !== undefined) target.textContent = text;
    node.setAttribute('aria-hidden', 'false');
    node.hidden = false;
    node.style.display = 'block';
  }

  function hide(node) {
    if (!node) return;
    node.setAttribute('aria-hidden', 'true');
    node.hidden = true;
    node.style.display = 'none';
  }

  const pageError = (id, text) =>
    el('div', { id, class: 'error pageLevel', role: 'alert', 'aria-hidden': 'true', hidden: true }, el('p', {}, text));

  const button = (id, text, attributes = {}) =>
    el('button', { id, type: 'button', 'aria-label': text, ...attributes }, text);

  // ---------------------------------------------------------------- requests

  function address(path, extra = {}) {
    const query = new URLSearchParams({ ...extra, tx: settings.transId, p: settings.hosts.policy });
    return `${settings.hosts.tenant}/${path}?${query}`;
  }

  /** Follows a link of the page: confirm, cancel, sign-up, a provider. */
  function go(path, extra = {}) {
    window.location.assign(address(path, { csrf_token: settings.csrf, ...extra }));
  }

  async function post(path, values) {
    const body = new URLSearchParams(values);
    const response = await fetch(address(path), {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'X-CSRF-TOKEN': settings.csrf,
        'X-Requested-With': 'XMLHttpRequest',
      },
      body,
    });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return response.json();
  }

  /** Runs an action once at a time; a double click does nothing more. */
  function once(action) {
    let busy = false;
    return async (event) => {
      event?.preventDefault();
      if (busy) return;
      busy = true;
      try {
        await action(event);
      } finally {
        busy = false;
      }
    };
  }

  // ---------------------------------------------------------------- fields

  const itemError = (id) =>
    el('div', { id: `${id}_error`, class: 'error itemLevel', 'aria-hidden': 'true', hidden: true }, el('p', { role: 'alert' }));

  function input(field) {
    const shared = {
      id: field.ID, name: field.ID, 'aria-describedby': `${field.ID}_error`,
      required: field.IS_REQ, 'aria-required': field.IS_REQ ? 'true' : null, title: field.U_HELP || null,
    };
    if (field.IS_TEXT_IN_PARAGRAPH) return el('p', { id: field.ID, class: 'paragraph' }, field.PRE);
    if (field.IS_DROP) return dropdown(field, shared);
    if (field.IS_RADIO || field.IS_CHECK_MULTI) return options(field);
    if (field.IS_DATE) return date(field);
    const type = field.IS_PASSWORD ? 'password' : field.IS_EMAIL ? 'email' : 'text';
    const autocomplete = { password: 'current-password', newPassword: 'new-password', reenterPassword: 'new-password',
      email: 'email', signInName: 'username', givenName: 'given-name', surname: 'family-name' }[field.ID];
    return el('input', {
      ...shared, type, class: 'textInput', value: field.PRE, placeholder: field.DN, autocomplete,
      pattern: field.IS_RDO ? null : readable(field.PAT), readonly: field.IS_RDO, 'aria-readonly': field.IS_RDO ? 'true' : null,
    });
  }

  /** The browser's own check needs a pattern it can read; .NET's may be another. */
  function readable(pattern) {
    if (!pattern) return null;
    try {
      new RegExp(pattern, 'v');
      return pattern;
    } catch {
      return null;
    }
  }

  function dropdown(field, shared) {
    const chosen = field.PRE || field.OPTIONS?.find((option) => option.SELECTED)?.VAL || '';
    const rows = (field.OPTIONS ?? []).map((option) =>
      el('option', { value: option.VAL, selected: option.VAL === chosen }, option.DISP));
    return el('select', { ...shared, class: 'dropdown_single' }, el('option', { value: '' }), ...rows);
  }

  function options(field) {
    const type = field.IS_RADIO ? 'radio' : 'checkbox';
    const chosen = field.PRE ? field.PRE.split(',') : [];
    const rows = (field.OPTIONS ?? []).map((option) => {
      const id = `${field.ID}_${option.VAL}`;
      const checked = chosen.length ? chosen.includes(option.VAL) : option.SELECTED;
      return el('span', { class: type },
        el('input', { type, id, name: field.ID, value: option.VAL, checked }), ' ',
        el('label', { for: id, style: 'display:inline;font-weight:400' }, option.DISP), ' ');
    });
    return el('div', { id: field.ID, role: field.IS_RADIO ? 'radiogroup' : 'group', 'aria-labelledby': `${field.ID}_label` }, ...rows);
  }

  function date(field) {
    const [year, month, day] = field.PRE.split('T')[0].split('-');
    const list = (part, label, values, chosen) => el('select', { id: `${field.ID}_${part}`, 'aria-label': label },
      el('option', { value: '' }, label),
      ...values.map(([value, text]) => el('option', { value, selected: value === chosen }, text)));
    const two = (number) => String(number).padStart(2, '0');
    const names = say('months').split(', ');
    const last = new Date().getFullYear() + 10;
    return el('div', { id: field.ID, class: 'date', role: 'group', 'aria-labelledby': `${field.ID}_label` },
      list('day', say('day'), Array.from({ length: 31 }, (_, at) => [two(at + 1), String(at + 1)]), day), ' ',
      list('month', say('month'), names.map((name, at) => [two(at + 1), name]), month), ' ',
      list('year', say('year'), Array.from({ length: 140 }, (_, at) => [String(last - at), String(last - at)]), year));
  }

  function value(field) {
    const node = document.getElementById(field.ID);
    if (!node) return '';
    if (field.IS_TEXT_IN_PARAGRAPH) return node.textContent;
    if (field.IS_RADIO || field.IS_CHECK_MULTI) {
      return [...node.querySelectorAll('input:checked')].map((one) => one.value).join(',');
    }
    if (field.IS_DATE) {
      const parts = ['year', 'month', 'day'].map((part) => document.getElementById(`${field.ID}_${part}`).value);
      return parts.every(Boolean) ? parts.join('-') : '';
    }
    return node.value;
  }

  function attribute(field) {
    const labelled = field.IS_RADIO || field.IS_CHECK_MULTI || field.IS_DATE || field.IS_TEXT_IN_PARAGRAPH;
    const label = el(labelled ? 'span' : 'label', {
      id: `${field.ID}_label`, class: labelled ? 'label' : null, for: labelled ? null : field.ID }, field.DN);
    const entry = el('div', { class: 'attrEntry' }, label, itemError(field.ID), input(field));
    if (field.VERIFY) entry.append(verification(field));
    return el('li', { class: `${field.USER_INPUT_TYPE}${field.CONTROL_CLAIM_TYPE ? ` ${field.CONTROL_CLAIM_TYPE}` : ''}` }, entry);
  }

  /** Marks what is missing or has a wrong form; the first such field gets the focus. */
  function check(list) {
    let first = null;
    hide(document.getElementById('requiredFieldMissing'));
    hide(document.getElementById('fieldIncorrect'));
    hide(document.getElementById('passwordEntryMismatch'));
    for (const field of list) {
      const error = document.getElementById(`${field.ID}_error`);
      const node = document.getElementById(field.ID);
      hide(error);
      node?.removeAttribute('aria-invalid');
      const fault = faultOf(field);
      if (!fault) continue;
      show(error, fault.text);
      node?.setAttribute('aria-invalid', 'true');
      show(document.getElementById(fault.page));
      first ??= node;
    }
    first?.focus();
    return first === null;
  }

  /** The combined page has texts of its own for what is missing. */
  function missing(field) {
    if (settings.api !== 'CombinedSigninAndSignup') return say('required_field');
    if (field.IS_PASSWORD) return say('requiredField_password');
    return say('requiredField_generic', say('requiredField_email')).replace('{0}', field.DN);
  }

  function faultOf(field) {
    if (field.IS_RDO || field.IS_TEXT_IN_PARAGRAPH) return null;
    const text = value(field);
    if (field.IS_REQ && !text) return { text: missing(field), page: 'requiredFieldMissing' };
    const pattern = text && readable(field.PAT);
    if (pattern && !new RegExp(pattern, 'v').test(text)) {
      return { text: field.PAT_DESC || say('error_fieldIncorrect'), page: 'fieldIncorrect' };
    }
    if (field.ID === 'reenterPassword' && text !== document.getElementById('newPassword')?.value) {
      return { text: say('error_passwordEntryMismatch'), page: 'passwordEntryMismatch' };
    }
    return null;
  }

  // ---------------------------------------------------------------- e-mail verification, old style

  function verification(field) {
    const id = (part) => `${field.ID}_${part}`;
    const box = el('div', { id: id('ver'), class: 'verify' },
      el('div', { id: id('intro'), class: 'verificationInfoText', role: 'status' }, say('ver_intro_msg')),
      el('div', { id: id('info'), class: 'verificationInfoText', role: 'status', hidden: true }, say('ver_info_msg')),
      el('div', { id: id('success'), class: 'verificationSuccessText success', role: 'status', hidden: true }, say('ver_success_msg')),
      el('div', { id: id('fail_retry'), class: 'verificationErrorText error', role: 'alert', hidden: true }),
      el('label', { for: id('ver_input'), id: id('ver_input_label'), hidden: true }, say('ver_input')),
      el('input', { id: id('ver_input'), class: 'textInput', type: 'text', inputmode: 'numeric', autocomplete: 'one-time-code', hidden: true }),
      el('div', { class: 'buttons verify' },
        button(id('ver_but_send'), say('ver_but_send'), { class: 'sendButton' }),
        button(id('ver_but_verify'), say('ver_but_verify'), { class: 'verifyButton', hidden: true }),
        button(id('ver_but_resend'), say('ver_but_resend'), { class: 'sendButton', hidden: true }),
        button(id('ver_but_edit'), say('ver_but_edit'), { class: 'editButton', hidden: true })));
    const part = (name) => box.querySelector(`#${CSS.escape(id(name))}`);
    const visible = (names) => {
      for (const name of ['intro', 'info', 'success', 'fail_retry', 'ver_input', 'ver_input_label',
        'ver_but_send', 'ver_but_verify', 'ver_but_resend', 'ver_but_edit']) part(name).hidden = !names.includes(name);
    };
    const address = () => document.getElementById(field.ID);
    const send = once(async () => {
      const answer = await post('SelfAsserted', { request_type: 'VERIFICATION_REQUEST', claim_id: field.ID, claim_value: address().value });
      if (answer.status !== '200') {
        part('fail_retry').textContent = answer.message || say('ver_fail_server');
        return visible(['intro', 'fail_retry', 'ver_but_send']);
      }
      address().readOnly = true;
      visible(['info', 'ver_input', 'ver_input_label', 'ver_but_verify', 'ver_but_resend']);
      part('ver_input').value = '';
      part('ver_input').focus();
    });
    const done = () => {
      address().readOnly = true;
      visible(['success', 'ver_but_edit']);
    };
    part('ver_but_send').addEventListener('click', send);
    part('ver_but_resend').addEventListener('click', send);
    part('ver_but_verify').addEventListener('click', once(async () => {
      const answer = await post('SelfAsserted', {
        request_type: 'VALIDATION_REQUEST', claim_id: field.ID, claim_value: address().value, user_input: part('ver_input').value });
      if (answer.status === '200') return done();
      part('fail_retry').textContent = answer.message || say('ver_fail_retry');
      visible(['fail_retry', 'ver_input', 'ver_input_label', 'ver_but_verify', 'ver_but_resend']);
      part('ver_input').focus();
    }));
    part('ver_but_edit').addEventListener('click', () => {
      address().readOnly = false;
      visible(['intro', 'ver_but_send']);
      address().focus();
    });
    if (field.VERIFIED) queueMicrotask(done);
    return box;
  }

  // ---------------------------------------------------------------- display controls

  function control(definition) {
    const id = definition.ID;
    const words = definition.CONTENT;
    const codes = definition.DISPLAY_FIELDS.filter((field) => field.CONTROL_CLAIM_TYPE === 'VerificationCode');
    const inputs = definition.DISPLAY_FIELDS.filter((field) => !codes.includes(field));
    const list = el('ul', {}, ...definition.DISPLAY_FIELDS.map(attribute));
    const part = (name) => document.getElementById(`${id}_${name}`);
    const can = (action) => definition.ACTIONS.some((known) => known.toLowerCase() === action.toLowerCase());
    const box = el('div', { id, class: definition.DISPLAY_CONTROL_TYPE },
      el('div', { id: `${id}_intro_message`, class: 'intro' }, el('p', {}, words.intro_msg)),
      el('div', { id: `${id}_success_message`, class: 'success', role: 'status', hidden: true }),
      el('div', { id: `${id}_error_message`, class: 'error', role: 'alert', hidden: true }),
      list,
      el('div', { class: 'buttons' },
        button(`${id}_but_send_code`, words.but_send_code, { class: 'sendCode', hidden: !can('SendCode') }),
        button(`${id}_but_verify_code`, words.but_verify_code, { class: 'verifyCode', hidden: true }),
        button(`${id}_but_send_new_code`, words.but_send_new_code, { class: 'sendNewCode', hidden: true }),
        button(`${id}_but_change_claims`, words.but_change_claims, { class: 'changeClaims', hidden: true })));
    const stage = (name) => {
      const awaiting = name === 'sent';
      for (const field of codes) document.getElementById(field.ID).closest('li').hidden = !awaiting;
      for (const field of inputs) document.getElementById(field.ID).readOnly = name !== 'start' || field.IS_RDO;
      part('but_send_code').hidden = name !== 'start' || !can('SendCode');
      part('but_verify_code').hidden = !awaiting;
      part('but_send_new_code').hidden = !awaiting;
      part('but_change_claims').hidden = name !== 'verified';
      part('intro_message').hidden = name !== 'start';
      hide(part('error_message'));
    };
    const values = () => Object.fromEntries(definition.DISPLAY_FIELDS.map((field) => [field.ID, value(field)]));
    const act = async (action, failure) => {
      const answer = await post(`SelfAsserted/DisplayControlAction/vbeta/${encodeURIComponent(id)}/${action}`, values());
      if (answer.status === '200') return true;
      hide(part('success_message'));
      show(part('error_message'), answer.message || failure);
      return false;
    };
    const send = once(async () => {
      if (!check(inputs) || !(await act('SendCode', words.failure_send_code_msg))) return;
      stage('sent');
      show(part('success_message'), words.success_send_code_msg);
      for (const field of codes) document.getElementById(field.ID).value = '';
      document.getElementById(codes[0]?.ID)?.focus();
    });
    const verify = once(async () => {
      if (!check(codes) || !(await act('VerifyCode', words.failure_verify_code_msg))) return;
      stage('verified');
      show(part('success_message'), words.success_verify_code_msg);
    });
    queueMicrotask(() => {
      stage(definition.VERIFIED ? 'verified' : 'start');
      part('but_send_code').addEventListener('click', send);
      part('but_send_new_code').addEventListener('click', send);
      part('but_verify_code').addEventListener('click', verify);
      part('but_change_claims').addEventListener('click', () => {
        hide(part('success_message'));
        stage('start');
      });
    });
    return el('li', { class: definition.DISPLAY_CONTROL_TYPE }, box);
  }

  const flat = () => fields.flatMap((field) => (field.DISPLAY_FIELDS ? field.DISPLAY_FIELDS : [field]));

  // ---------------------------------------------------------------- pages

  const working = () => el('div', { class: 'verifying-modal', role: 'status', hidden: true },
    el('div', { id: 'verifying_blurb' }, el('p', {}, say('verifying_blurb'))));

  async function submit(confirmPath, extra, serverError, sendable) {
    const values = { request_type: 'RESPONSE' };
    for (const field of sendable) values[field.ID] = value(field);
    const modal = document.querySelector('#api .verifying-modal');
    modal.hidden = false;
    hide(serverError);
    try {
      const answer = await post('SelfAsserted', values);
      if (answer.status === '200') return go(confirmPath, extra());
      show(serverError, answer.message);
    } catch {
      show(serverError, say('ServiceThrottled'));
    }
    modal.hidden = true;
    serverError.focus?.();
  }

  function selfAsserted() {
    const rows = fields.map((field) => (field.DISPLAY_FIELDS ? control(field) : attribute(field)));
    const form = el('form', { id: 'attributeVerification', action: 'javascript:void(0);', novalidate: true },
      pageError('passwordEntryMismatch', say('error_passwordEntryMismatch')),
      pageError('requiredFieldMissing', say('error_requiredFieldMissing')),
      pageError('fieldIncorrect', say('error_fieldIncorrect')),
      pageError('claimVerificationServerError', ''),
      el('div', { id: 'attributeList', class: 'attr' }, el('ul', {}, ...rows)),
      el('div', { class: 'buttons' },
        config.showContinueButton ? el('button', { id: 'continue', type: 'submit', 'aria-label': say('button_continue') }, say('button_continue')) : null,
        config.showCancelButton ? button('cancel', say('button_cancel')) : null),
      working());
    form.addEventListener('submit', once(async () => {
      const typed = flat().filter((field) => field.CONTROL_CLAIM_TYPE !== 'VerificationCode');
      if (!check(typed)) return;
      const serverError = document.getElementById('claimVerificationServerError');
      await submit(`api/${settings.api}/confirmed`, () => ({}), serverError, typed.filter((field) => !field.IS_TEXT_IN_PARAGRAPH));
    }));
    form.querySelector('#cancel')?.addEventListener('click', cancel);
    return el('div', { 'data-name': 'SelfAsserted' },
      el('div', { class: 'intro' }, el('p', {}, say('initial_intro'))), form);
  }

  const cancel = () => go(`api/${settings.api}/error`, { code: 'AADB2C90091' });

  function combined() {
    const root = el('div', { 'data-name': 'Unified' });
    if (fields.length) root.append(localAccount());
    if (providers.length) {
      if (fields.length) root.append(el('div', { class: 'divider' }, el('h2', {}, say('divider_title'))));
      root.append(social(say('social_intro')));
    }
    return root;
  }

  function localAccount() {
    const forgotAt = config.forgotPasswordLinkLocation;
    const rows = fields.map((field) => {
      const row = el('div', { class: 'entry-item' }, el('label', { for: field.ID }, field.DN), itemError(field.ID), input(field));
      if (field.IS_PASSWORD && forgotAt !== 'None' && forgotAt !== 'AfterButtons') row.append(forgotPassword());
      return row;
    });
    const kind = config.operatingMode === 'Username' ? 'username' : 'email';
    const intro = say('local_intro_generic').replace('{0}', say(`logonIdentifier_${kind}`).toLowerCase());
    const form = el('form', { id: 'localAccountForm', class: 'localAccount', action: 'javascript:void(0);', novalidate: true },
      el('div', { class: 'intro' }, el('h2', {}, intro)),
      el('div', { class: 'error pageLevel', role: 'alert', 'aria-hidden': 'true', hidden: true, tabindex: '-1' }, el('p')),
      el('div', { class: 'entry' }, ...rows,
        config.enableRememberMe ? el('div', { class: 'rememberMe' },
          el('input', { id: 'rememberMe', type: 'checkbox', name: 'rememberMe' }), ' ',
          el('label', { for: 'rememberMe', style: 'display:inline;font-weight:400' }, say('remember_me'))) : null,
        el('div', { class: 'working' }),
        el('div', { class: 'buttons' }, el('button', { id: 'next', type: 'submit', 'aria-label': say('button_signin') }, say('button_signin'))),
        forgotAt === 'AfterButtons' ? forgotPassword() : null),
      config.showSignupLink ? el('div', { class: 'create' }, el('p', {}, say('createaccount_intro'), ' ',
        link('createAccount', say('createaccount_one_link'), 'unified', { local: 'signup' }))) : null,
      working());
    form.addEventListener('submit', once(async () => {
      if (!check(fields)) return;
      const remember = document.getElementById('rememberMe');
      const extra = () => (remember ? { rememberMe: String(remember.checked) } : {});
      await submit(`api/${settings.api}/confirmed`, extra, form.querySelector('.error.pageLevel'), fields);
    }));
    return form;
  }

  function link(id, text, path, extra) {
    return el('a', { id, href: address(`api/${settings.api}/${path}`, { csrf_token: settings.csrf, ...extra }) }, text);
  }

  function forgotPassword() {
    const target = config.forgotPasswordLinkOverride;
    const anchor = target
      ? link('forgotPassword', say('forgotpassword_link'), 'unified', { claimsexchange: target })
      : link('forgotPassword', say('forgotpassword_link'), 'forgotPassword', {});
    return el('div', { class: 'forgot-password' }, anchor);
  }

  function social(title) {
    const choices = providers.map((provider) => {
      const choice = button(provider.id, provider.description, { class: 'accountButton claims-provider-selection' });
      choice.addEventListener('click', () => go(`api/${settings.api}/unified`, { claimsexchange: provider.id }));
      return el('div', {}, choice);
    });
    return el('div', { class: 'claims-provider-list-buttons social', 'aria-label': title, role: 'form' },
      el('div', { class: 'intro' }, el('h2', {}, title)), el('div', { class: 'options' }, ...choices));
  }

  function dialog() {
    const next = button('continue', say('button_continue'));
    const stop = button('cancel', say('button_cancel'));
    next.addEventListener('click', () => go(`api/${settings.api}/confirmed`));
    stop.addEventListener('click', cancel);
    return el('div', { 'data-name': 'Dialog' }, el('div', { class: 'intro' }, el('p', {}, say('initial_intro'))),
      el('div', { class: 'buttons' }, next, stop));
  }

  function phone() {
    const known = fields.find((field) => field.ID === 'number' && field.IS_RDO);
    const number = el('input', { id: 'number', type: 'tel', class: 'textInput', autocomplete: 'tel', placeholder: '+44 20 7946 0000',
      value: known?.PRE ?? '', readonly: Boolean(known) });
    const code = el('input', { id: 'verificationCode', type: 'text', class: 'textInput', inputmode: 'numeric', autocomplete: 'one-time-code' });
    const entry = el('div', { id: 'codeVerification', hidden: true },
      el('div', { class: 'intro' }, el('p', {}, say('enter_code_text_intro'), ' ', button('retryCode', say('sendNewCode')))),
      el('label', { for: 'verificationCode' }, say('enterCode')), code,
      el('div', { class: 'buttons' }, button('verifyCode', say('button_verify'))));
    const error = el('div', { class: 'error pageLevel', role: 'alert', 'aria-hidden': 'true', hidden: true }, el('p'));
    const root = el('div', { 'data-name': 'Phonefactor' },
      el('div', { class: 'intro' }, el('p', {}, known ? say('number_shown') : say('initial_intro'))), error,
      el('div', { class: 'phoneEntry' }, el('label', { for: 'number' }, say('phoneNumber')), number,
        el('div', { class: 'buttons' }, button('sendCode', say('button_text')), button('callMe', say('button_call')),
          config.showCancelButton ? button('cancel', say('button_cancel')) : null)),
      entry, working());
    const send = (how) => once(async () => {
      hide(error);
      const answer = await post('Phonefactor/verify', { request_type: 'VERIFICATION_REQUEST', auth_type: how, id: number.value });
      if (answer.status !== '200') return show(error, answer.message);
      entry.hidden = false;
      code.value = '';
      code.focus();
    });
    queueMicrotask(() => {
      const on = (id, action) => root.querySelector(`#${id}`)?.addEventListener('click', action);
      on('sendCode', send('onewaysms'));
      on('retryCode', send('onewaysms'));
      on('callMe', send('voicecall'));
      on('cancel', cancel);
      on('verifyCode', once(async () => {
        const answer = await post('Phonefactor/verify', { request_type: 'VALIDATION_REQUEST', verification_code: code.value });
        if (answer.status === '200') return go(`api/${settings.api}/confirmed`);
        show(error, answer.message || say('error_incorrect_code'));
      }));
    });
    return root;
  }

  function page() {
    switch (settings.api) {
      case 'CombinedSigninAndSignup': return combined();
      case 'ClaimsProviderSelection': return social(say('intro'));
      case 'Phonefactor': return phone();
      case 'Dialog': return dialog();
      default: return selfAsserted();
    }
  }

  // ---------------------------------------------------------------- template

  const scriptsOf = (root) => [...root.querySelectorAll('script')];

  /** A script element of a parsed document never runs; a fresh one does. Runs them one after the other. */
  async function run(scripts) {
    for (const old of scripts) {
      const fresh = document.createElement('script');
      for (const { name, value: text } of old.attributes) fresh.setAttribute(name, text);
      fresh.async = false;
      fresh.textContent = old.textContent;
      const loaded = old.src ? new Promise((resolve) => { fresh.onload = fresh.onerror = resolve; }) : null;
      document.head.append(fresh);
      await loaded;
    }
  }

  function adopt(parsed, base) {
    for (const node of parsed.querySelectorAll('[src], link[href], a[href]')) {
      for (const name of ['src', 'href']) {
        const written = node.getAttribute(name);
        if (written && !/^(#|[a-z][a-z0-9+.-]*:)/i.test(written)) node.setAttribute(name, new URL(written, base).href);
      }
    }
    const scripts = scriptsOf(parsed);
    for (const script of scripts) script.remove();
    for (const { name, value: text } of parsed.documentElement.attributes) {
      if (name !== 'lang') document.documentElement.setAttribute(name, text);
    }
    const title = parsed.querySelector('title');
    if (title) document.title = title.textContent;
    const styles = [...parsed.head.children].filter((node) => !['TITLE', 'META'].includes(node.tagName));
    const waits = styles.filter((node) => node.tagName === 'LINK' && node.rel === 'stylesheet').map((node) =>
      new Promise((resolve) => { node.onload = node.onerror = resolve; }));
    document.head.append(...styles.map((node) => document.adoptNode(node)));
    const body = document.adoptNode(parsed.body);
    document.body.replaceWith(body);
    return { scripts, styled: Promise.all(waits) };
  }

  async function start() {
    let parsed;
    try {
      const response = await fetch(settings.remoteResource, { credentials: 'omit' });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      parsed = new DOMParser().parseFromString(await response.text(), 'text/html');
    } catch (fault) {
      console.error(`AADB2C90047: ${settings.remoteResource}: ${fault.message}. Is it there, and does it allow this origin (CORS)?`);
      const text = `${say('template_failed')} ${settings.remoteResource} (${fault.message})`;
      document.body.replaceChildren(el('p', { role: 'alert' }, text), el('div', { id: 'api' }));
    }
    const adopted = parsed ? adopt(parsed, new URL(settings.remoteResource, location.href)) : { scripts: [] };
    const api = document.getElementById('api');
    if (!api) {
      document.body.append(el('p', { role: 'alert' }, `AADB2C90047: ${settings.remoteResource} has no <div id="api">`));
      return;
    }
    api.append(page());
    await adopted.styled;
    if (settings.scriptsAllowed) await run(adopted.scripts);
    else if (adopted.scripts.length) console.warn('Scripts of the template do not run: the policy needs <ScriptExecution>Allow</ScriptExecution> and a :contract: DataUri.');
    document.documentElement.dataset.runner = 'ready';
  }

  start();
})();
