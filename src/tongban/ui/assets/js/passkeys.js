// Passkeys (WebAuthn). A form with data-passkey asks the house for a challenge when it is sent, lets the browser answer, and
// carries the answer in its field `credential`. Without scripts, or in a browser without passkeys, its page says what else to do.

const decoded = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const encoded = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (list = []) => list.map((one) => ({ ...one, id: decoded(one.id) }));

class Refused extends Error {
  constructor({ detail, fields = {} }) {
    super(Object.values(fields)[0] ?? detail);
    this.field = Object.keys(fields)[0]?.slice(1); // a JSON pointer
  }
}

// The options as JSON (level 3, §5.1.10) into what browsers of level 2 take.
const options = ({ challenge, user, excludeCredentials, allowCredentials, ...rest }) => ({
  ...rest,
  challenge: decoded(challenge),
  ...(user && { user: { ...user, id: decoded(user.id) } }),
  ...(excludeCredentials && { excludeCredentials: named(excludeCredentials) }),
  ...(allowCredentials && { allowCredentials: named(allowCredentials) }),
});

const written = ({ id, rawId, type, authenticatorAttachment, response }) => {
  const told = { clientDataJSON: encoded(response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[part]) told[part] = encoded(response[part]);
  }
  const transports = response.getTransports?.();
  return JSON.stringify({
    id,
    rawId: encoded(rawId),
    type,
    ...(authenticatorAttachment && { authenticatorAttachment }),
    response: transports ? { ...told, transports } : told,
  });
};

const challenge = async (form) => {
  const headers = { Accept: "application/json" };
  const answer = await fetch(form.dataset.options, { method: "POST", headers, body: new URLSearchParams(new FormData(form)) });
  const told = await answer.json();
  if (!answer.ok) throw new Refused(told);
  return told;
};

const carryOut = async (form) => {
  const { ceremony, publicKey } = await challenge(form);
  const how = { publicKey: options(publicKey) };
  const credential = await navigator.credentials[form.dataset.passkey](how);
  form.elements.ceremony.value = ceremony;
  form.elements.credential.value = written(credential);
};

const WORDS = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known", SecurityError: "address" };

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const box = document.getElementById(form.dataset.says);
  const words = box.querySelector("[data-words]");
  const tell = (text) => {
    words.textContent = text;
    box.hidden = false;
  };
  if (!window.PublicKeyCredential || !navigator.credentials) {
    tell(window.isSecureContext ? box.dataset.without : box.dataset.address);
    continue;
  }
  form.hidden = false;
  const button = form.querySelector("button[type=submit]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation(); // the form is sent once its answer is there; app.js counts presses, not answers
    if (button.disabled) return;
    box.hidden = button.disabled = true;
    form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
    try {
      await carryOut(form);
      form.submit();
    } catch (fault) {
      button.disabled = false;
      tell((fault instanceof Refused && fault.message) || box.dataset[WORDS[fault.name]] || box.dataset.failed);
      const field = form.elements[fault.field];
      field?.setAttribute("aria-invalid", "true");
      (field ?? button).focus();
    }
  });
  // Who comes back by the arrow finds the button as it was.
  addEventListener("pageshow", () => (button.disabled = false));
}
