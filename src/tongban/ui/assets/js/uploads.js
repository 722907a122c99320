// A large file goes up in pieces (tus 1.0.0) before its form is posted, so that a phone that loses its line goes on where it
// was: after a while by itself, then by a button, after a reload by choosing the file again. The form names what has come in
// `_uploaded`. A small file, and every file without scripts, travels in the form as ever.

const LARGE = 1_000_000;
const PIECE = 512 * 1024;
const WAITS = [1000, 2000, 4000];

const encoded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const wait = (time) => new Promise((done) => setTimeout(done, time));

class Refused extends Error {}

class Coming {
  constructor(box) {
    this.box = box;
    this.form = box.closest("form");
    this.field = box.closest(".files");
    this.input = this.field.querySelector("input[type=file]");
    this.words = box.querySelector("[role=status]");
    this.again = box.querySelector("button");
    this.key = `upload ${this.form.dataset.uploads} ${this.input.name}`;
    this.again.addEventListener("click", () => this.goOn());
    this.input.addEventListener("change", () => this.refused && this.accept());
  }

  get known() {
    return JSON.parse(localStorage.getItem(this.key) ?? "null");
  }

  get file() {
    return this.input.files[0];
  }

  tell(words, { name, share = 0, button = false }) {
    this.box.hidden = false;
    this.words.textContent = this.words.dataset[words].replace("{name}", name).replace("{n}", `${Math.floor(share)}%`);
    this.box.querySelector("progress").value = share;
    this.again.hidden = !button;
  }

  // Where a form that was posted would have it: above the input, marked. The file is taken out of the way of the rest.
  refuse(words) {
    const { field, input } = this;
    const hint = field.querySelector(":scope > .hint");
    const error = field.querySelector("template").content.firstElementChild.cloneNode(true);
    error.id = `${input.id}-error`;
    const said = error.lastElementChild.lastChild;
    said.data = said.data.replace("{name}", () => this.file.name).replace("{fault}", () => words);
    this.accept();
    (hint ?? field.querySelector("legend")).after(error);
    field.classList.add("field--error");
    field.setAttribute("aria-describedby", hint ? `${hint.id} ${error.id}` : error.id);
    input.setAttribute("aria-describedby", error.id);
    input.setAttribute("aria-invalid", "true");
    input.value = "";
    this.box.hidden = this.refused = true;
  }

  // What was said of the file before this one no longer stands.
  accept() {
    const { field, input } = this;
    const hint = field.querySelector(":scope > .hint");
    this.refused = false;
    field.querySelector(":scope > .error")?.remove();
    field.classList.remove("field--error");
    if (hint) field.setAttribute("aria-describedby", hint.id);
    else field.removeAttribute("aria-describedby");
    input.removeAttribute("aria-describedby");
    input.removeAttribute("aria-invalid");
  }

  async ask(method, url, headers = {}, body = undefined) {
    const sent = { "Tus-Resumable": "1.0.0", "X-CSRF-Token": this.form.elements._csrf.value, ...headers };
    const answer = await fetch(url, { method, headers: sent, body });
    if (answer.ok || answer.status === 409 || answer.status >= 500) return answer;
    if ([404, 410].includes(answer.status)) localStorage.removeItem(this.key);
    const spoken = method !== "HEAD" && answer.headers.get("content-type")?.startsWith("text/plain");
    throw new Refused(spoken ? await answer.text() : "");
  }

  async offset(url) {
    const answer = await this.ask("HEAD", url);
    if (!answer.ok) throw new Error("away");
    return Number(answer.headers.get("Upload-Offset"));
  }

  // The upload of this file: the one that was begun, or a new one.
  async begun(file) {
    const known = this.known;
    if (known && known.name === file.name && known.size === file.size && known.modified === file.lastModified) {
      try {
        return [known.url, await this.offset(known.url)];
      } catch (gone) {
        if (!(gone instanceof Refused)) throw gone;
      }
    }
    const metadata = `field ${encoded(this.input.name)},filename ${encoded(file.name)}`;
    const headers = { "Upload-Length": String(file.size), "Upload-Metadata": metadata };
    const answer = await this.ask("POST", this.form.dataset.uploads, headers);
    if (!answer.ok) throw new Error("away");
    const url = answer.headers.get("Location");
    const now = { url, name: file.name, size: file.size, modified: file.lastModified };
    localStorage.setItem(this.key, JSON.stringify(now));
    return [url, 0];
  }

  async send(file) {
    const [url, begun] = await this.begun(file);
    let at = begun;
    const share = () => (100 * at) / file.size;
    while (at < file.size) {
      this.tell("going", { name: file.name, share: share() });
      const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(at) };
      const answer = await this.ask("PATCH", url, headers, file.slice(at, at + PIECE));
      if (answer.status >= 500) throw new Error("away");
      at = answer.ok ? Number(answer.headers.get("Upload-Offset")) : await this.offset(url);
      this.share = share();
    }
    this.tell("going", { name: file.name, share: 100 });
    return url;
  }

  // Gives whether all of it came; when not, what to do stands beside the input.
  async whole() {
    const file = this.file;
    this.share = 0;
    this.accept();
    for (const time of [...WAITS, 0]) {
      try {
        this.taken(await this.send(file));
        return true;
      } catch (torn) {
        if (torn instanceof Refused && torn.message) {
          this.refuse(torn.message);
          return false;
        }
        this.tell("torn", { name: file.name, share: this.share, button: !time });
        if (time) await wait(time);
      }
    }
    return false;
  }

  taken(url) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "_uploaded";
    const others = this.form.elements._uploaded;
    const named = `${this.input.name}:${url.split("/").pop()}`;
    if (others) others.value += ` ${named}`;
    else this.form.append(Object.assign(field, { value: named }));
    this.input.value = "";
  }

  // The button: with the file at hand the rest of it is sent, and what is whole is handed in.
  async goOn() {
    this.again.hidden = true;
    if (this.file) return this.form.requestSubmit(this.input.closest(".files").querySelector("[name=_go][value^='upload:']"));
    const known = this.known;
    if (known?.whole) {
      this.taken(known.url);
      return this.form.requestSubmit(this.input.closest(".files").querySelector("[name=_go][value^='upload:']"));
    }
    this.again.hidden = false;
    this.input.click();
  }

  // After a reload: what was begun here and is still there.
  async remind() {
    const known = this.known;
    if (!known) return;
    try {
      const at = await this.offset(known.url);
      const whole = at === known.size;
      localStorage.setItem(this.key, JSON.stringify({ ...known, whole }));
      this.tell(whole ? "whole" : "again", { name: known.name, share: (100 * at) / known.size, button: true });
    } catch {
      // gone, or away from the net: choosing the file tells
    }
  }
}

const comings = [...document.querySelectorAll("form[data-uploads] [data-coming]")].map((box) => new Coming(box));
comings.forEach((one) => one.remind());

document.addEventListener(
  "submit",
  (event) => {
    const { target: form, submitter } = event;
    const large = comings.filter((one) => one.form === form && one.file?.size > LARGE);
    if (!large.length || form.dataset.sending) return large.length ? event.preventDefault() : undefined;
    event.preventDefault();
    event.stopImmediatePropagation();
    form.dataset.sending = "1";
    (async () => {
      const came = [];
      for (const one of large) came.push(await one.whole());
      delete form.dataset.sending;
      if (came.every(Boolean)) form.requestSubmit(submitter);
      else form.querySelector(".files__input[aria-invalid]")?.focus();
    })();
  },
  true,
);
