/** Two tones that nobody mixes up: high and short for go, low and long for stop. Made here, so that they need no network. */

const SETTING = "gate-sound";

let context: AudioContext | undefined;

export function soundWanted(): boolean {
  try {
    return localStorage.getItem(SETTING) !== "off";
  } catch {
    return true;
  }
}

export function wantSound(wanted: boolean): void {
  try {
    localStorage.setItem(SETTING, wanted ? "on" : "off");
  } catch {
    // The setting then lasts as long as the page.
  }
}

/** Browsers let a page sound only after somebody touched it: called on such a touch. */
export function readySound(): void {
  try {
    context ??= new AudioContext();
    if (context.state === "suspended") void context.resume().catch(() => undefined);
  } catch {
    // No audio here: colour, shape and words say it as well.
  }
}

export function playVerdict(go: boolean): void {
  if (context?.state !== "running") return;
  if (go) {
    tone(context, { wave: "sine", hertz: 1_046, from: 0, seconds: 0.09 });
    tone(context, { wave: "sine", hertz: 1_568, from: 0.09, seconds: 0.16 });
  } else {
    tone(context, { wave: "sawtooth", hertz: 147, from: 0, seconds: 0.5 });
  }
}

interface Tone {
  wave: OscillatorType;
  hertz: number;
  /** Seconds from now. */
  from: number;
  seconds: number;
}

function tone(audio: AudioContext, { wave, hertz, from, seconds }: Tone): void {
  const start = audio.currentTime + from;
  const oscillator = new OscillatorNode(audio, { type: wave, frequency: hertz });
  const gain = new GainNode(audio, { gain: 0 });
  // Ramps at both ends: a hard edge clicks.
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(0.4, start + 0.01);
  gain.gain.setValueAtTime(0.4, start + seconds - 0.02);
  gain.gain.linearRampToValueAtTime(0, start + seconds);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(start);
  oscillator.stop(start + seconds);
}
