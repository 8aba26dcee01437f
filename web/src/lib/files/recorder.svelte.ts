// Records what is said, up to ten minutes.
import { LONGEST_S, voiceName } from './voice.ts';

/** What browsers write: Chromium and Firefox the first, Safari the second. */
const WAYS = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];
/** Enough for a voice: 10 minutes are 2.4 MB. */
const BITS_PER_SECOND = 32_000;

export type Trouble = 'denied' | 'none' | 'failed';

export class Recorder {
  state: 'asking' | 'recording' | 'full' | Trouble = $state('asking');
  seconds = $state(0);
  /** How loud it is, 0 to 1. */
  level = $state(0);
  #pieces: Blob[] = [];
  #recorder: MediaRecorder | undefined;
  #stream: MediaStream | undefined;
  #context: AudioContext | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #begunAt = 0;
  #isOver = false;

  static get isPossible(): boolean {
    // Without a safe connection there is no microphone.
    return typeof MediaRecorder !== 'undefined' && Boolean(navigator.mediaDevices?.getUserMedia);
  }

  async start(): Promise<void> {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
      this.#stream = stream;
      // Given up while the question was open.
      if (this.#isOver) return this.#release();
      const mimeType = WAYS.find((way) => MediaRecorder.isTypeSupported(way));
      const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS_PER_SECOND });
      recorder.addEventListener('dataavailable', ({ data }) => this.#pieces.push(data));
      recorder.start(1_000);
      this.#recorder = recorder;
      this.#begunAt = performance.now();
      this.state = 'recording';
      this.#watch(stream);
    } catch (cause) {
      this.state = troubleOf(cause);
      this.#release();
    }
  }

  /** Ends it and gives what was said; nothing where nothing was. */
  async finish(): Promise<File | undefined> {
    const recorder = this.#recorder;
    await this.#stop();
    const contentType = (recorder?.mimeType ?? '').split(';')[0] ?? '';
    const pieces = this.#pieces.filter((piece) => piece.size > 0);
    if (!recorder || pieces.length === 0) return undefined;
    return new File(pieces, voiceName(new Date(), this.seconds, contentType), { type: contentType });
  }

  cancel(): void {
    void this.#stop();
  }

  #watch(stream: MediaStream): void {
    this.#context = new AudioContext();
    const analyser = this.#context.createAnalyser();
    analyser.fftSize = 512;
    this.#context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      // As ears hear: from -50 dB on.
      this.level = Math.max(0, Math.min(1, 1 + (10 * Math.log10(power + 1e-9)) / 50));
      this.seconds = Math.min(LONGEST_S, (performance.now() - this.#begunAt) / 1_000);
      if (this.seconds >= LONGEST_S && this.state === 'recording') {
        this.state = 'full';
        void this.#stop();
      }
    }, 100);
  }

  async #stop(): Promise<void> {
    this.#isOver = true;
    const recorder = this.#recorder;
    if (recorder && recorder.state !== 'inactive') {
      this.seconds = Math.min(LONGEST_S, (performance.now() - this.#begunAt) / 1_000);
      const stopped = new Promise((resolve) => recorder.addEventListener('stop', resolve, { once: true }));
      recorder.stop();
      await stopped;
    }
    this.#release();
  }

  #release(): void {
    clearInterval(this.#timer);
    this.level = 0;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    if (this.#context?.state !== 'closed') void this.#context?.close();
  }
}

function troubleOf(cause: unknown): Trouble {
  const name = cause instanceof DOMException ? cause.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  return name === 'NotFoundError' ? 'none' : 'failed';
}
