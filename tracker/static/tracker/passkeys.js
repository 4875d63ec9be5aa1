// The buttons that ask the device for a passkey. A form with data-passkey says what is asked: "create"
// one, "get" one (the question stands on the page), or "login" (the question is fetched on the click,
// for nobody is known yet). The answer goes into the field "credential", and the form is sent.
(() => {
  const possible =
    window.PublicKeyCredential && window.isSecureContext && !/^[\d.]+$|^\[/.test(location.hostname);

  async function question(form) {
    if (form.dataset.passkey !== "login") {
      return JSON.parse(document.getElementById("passkey-options").textContent);
    }
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  }

  async function ask(form) {
    const options = await question(form);
    if (form.dataset.passkey !== "create") return webauthnJSON.get(options.request_options);
    const wanted = options.creation_options;
    Object.assign(wanted.publicKey.authenticatorSelection, {
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    });
    return webauthnJSON.create(wanted);
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const trouble = form.querySelector("[data-passkey-trouble]");
    if (possible) form.hidden = false;
    form.querySelector("button").addEventListener("click", async () => {
      trouble.hidden = true;
      try {
        form.elements.credential.value = JSON.stringify(await ask(form));
        form.submit();
      } catch {
        trouble.hidden = false;
      }
    });
  }
})();
