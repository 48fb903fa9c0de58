// Amazon Connect's softphone in a frame, by its library Streams: what happens in it becomes events of the page.

const AWS_APPS = ".awsapps.com";

export function start(about, container, send) {
  const { connect } = globalThis;
  if (!about.instance) return down(send, "settings");
  if (!connect || !connect.core) return down(send, "missing");
  const phone = new Softphone(connect, about, send);
  try {
    phone.open(container);
  } catch {
    // Streams cannot do without storage, which browsers deny to frames of other sites.
    return down(send, "storage");
  }
  return phone;
}

function down(send, why) {
  send({ type: "phone_down", why });
  return { dial: () => false, signIn: () => undefined };
}

export function panelUrl(instance) {
  const url = new URL(instance);
  const folder = url.hostname.endsWith(AWS_APPS) && !url.pathname.startsWith("/connect") ? "/connect" : "";
  return `${url.origin}${url.pathname.replace(/\/$/, "")}${folder}/ccp-v2/`;
}

class Softphone {
  constructor(connect, about, send) {
    Object.assign(this, { connect, about, send, agent: null, dialling: null });
  }

  open(container) {
    const { connect, about, send } = this;
    connect.core.initCCP(container, {
      ccpUrl: panelUrl(about.instance),
      region: about.region,
      loginPopup: true,
      loginPopupAutoClose: true,
      softphone: { allowFramedSoftphone: !about.medialess, disableRingtone: Boolean(about.medialess) },
      pageOptions: { enableAudioDeviceSettings: !about.medialess, enablePhoneTypeSettings: !about.medialess },
    });
    connect.core.onAuthFail(() => send({ type: "phone_down", why: "sign_in" }));
    connect.core.onIframeRetriesExhausted(() => send({ type: "phone_down", why: "blocked" }));
    connect.core.onAccessDenied(() => send({ type: "phone_down", why: "denied" }));
    connect.agent((agent) => {
      this.agent = agent;
      send({ type: "phone_up", agent: agent.getConfiguration().agentARN || null });
    });
    connect.contact((contact) => this.follow(contact));
  }

  follow(contact) {
    const leg = contact.contactId;
    const { send } = this;
    const state = contact.getState().type;
    if (this.isDialled(contact)) {
      send({ type: "dialled", leg, from: this.dialling });
      this.dialling = null;
    }
    if (state === "connected") send({ type: "answered", leg });
    else if (state === "connecting" && !outgoing(contact)) send({ type: "rings", leg });
    contact.onConnected(() => send({ type: "answered", leg }));
    contact.onEnded(() => send({ type: "ended", leg }));
    contact.onDestroy(() => send({ type: "gone", leg }));
  }

  isDialled(contact) {
    return this.dialling !== null && outgoing(contact);
  }

  // Dials a number, in E.164, for what it was clicked in. Returns whether that could be tried.
  dial(number, from) {
    if (!this.agent) return false;
    this.dialling = from;
    this.agent.connect(this.connect.Endpoint.byPhoneNumber(number), {
      failure: () => {
        this.dialling = null;
        this.send({ type: "failed", id: null });
      },
    });
    return true;
  }

  signIn() {
    globalThis.open(panelUrl(this.about.instance), "_blank", "noopener,width=433,height=578");
  }
}

function outgoing(contact) {
  const connection = contact.getInitialConnection();
  return Boolean(connection) && connection.getType() === "outbound";
}
