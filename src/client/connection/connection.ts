import type { OnReadOpts, Socket } from "node:net";
import { clientLimits } from "../../core/limits.ts";

/** Who uses a connection, and is told what happens on it. */
export interface ConnectionUser {
  /** The memory of the chunk is used again after the call. */
  onBytes(chunk: Buffer): void;
  /** Nothing has moved for the idle time. */
  onSilence(): void;
  /** It is over. */
  onClose(error: Error | undefined): void;
}

/**
 * One kept-alive connection, for one user at a time. Bytes are read into one buffer that is used again
 * and again: fresh ones cost more than the reading.
 */
export class Connection {
  readonly #idleTimeoutMs: number;
  readonly #onClosed: (connection: Connection) => void;
  #socket: Socket | undefined;
  #user: ConnectionUser | undefined;
  #error: Error | undefined;
  #isPaused = false;
  #isHurried = false;
  #sending: Buffer | undefined;
  /** It has carried a request before the one that is under way. */
  isReused = false;

  /** `onClosed`: called when it is over, whoever uses it. */
  constructor(idleTimeoutMs: number, onClosed: (connection: Connection) => void) {
    this.#idleTimeoutMs = idleTimeoutMs;
    this.#onClosed = onClosed;
  }

  /** For the socket that is made for it, where Node takes this option. */
  readonly onread: OnReadOpts = {
    buffer: Buffer.allocUnsafeSlow(clientLimits.readBufferBytes),
    callback: (lengthBytes, buffer) => {
      this.#read(Buffer.from(buffer.buffer, buffer.byteOffset, lengthBytes));
      return true;
    },
  };

  /** Begins with a socket that is connected. `hasOnread`: it was made with `onread`. */
  open(socket: Socket, { hasOnread }: { readonly hasOnread: boolean }): void {
    this.#socket = socket;
    if (!hasOnread) socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.setTimeout(this.#idleTimeoutMs);
    socket.on("timeout", () => {
      if (this.#user === undefined) this.destroy();
      else this.#user.onSilence();
    });
    socket.on("error", (error) => {
      this.#error ??= error;
    });
    // The store ends its side: nothing more will come.
    socket.on("end", () => this.destroy());
    socket.on("close", () => {
      const user = this.#user;
      this.#user = undefined;
      this.#onClosed(this);
      user?.onClose(this.#error);
    });
  }

  get isOpen(): boolean {
    return this.#socket?.destroyed === false;
  }

  /** Bytes that the kernel has not taken yet. */
  get unsentBytes(): number {
    return this.#socket?.writableLength ?? 0;
  }

  /** Gives it to a user, until `leave`. */
  use(user: ConnectionUser): void {
    this.#user = user;
    if (!this.isReused) return;
    this.#socket?.ref();
    // It had the shorter time of the store's Keep-Alive hint.
    if (this.#isHurried) this.#socket?.setTimeout(this.#idleTimeoutMs);
    this.#isHurried = false;
  }

  /** Its user is done with it; `keepMs`: how long it may then lie idle. */
  leave(keepMs = this.#idleTimeoutMs): void {
    this.#user = undefined;
    this.isReused = true;
    // A slow reader may have what it paused for in memory.
    if (this.#isPaused) this.resume();
    // It shall not keep the process alive.
    this.#socket?.unref();
    if (keepMs >= this.#idleTimeoutMs) return;
    this.#isHurried = true;
    this.#socket?.setTimeout(Math.max(1, keepMs));
  }

  /** Sends the text as Latin-1, and the bytes together with it. */
  sendHead(text: string, body: Uint8Array | undefined): void {
    const socket = this.#socket;
    if (body === undefined || body.length === 0) {
      socket?.write(text, "latin1");
    } else if (text.length + body.length <= clientLimits.sendBufferBytes) {
      // One piece costs less than two; what was in it before has been sent and answered.
      this.#sending ??= Buffer.allocUnsafeSlow(clientLimits.sendBufferBytes);
      const headBytes = this.#sending.write(text, "latin1");
      this.#sending.set(body, headBytes);
      socket?.write(this.#sending.subarray(0, headBytes + body.length));
    } else {
      socket?.cork();
      socket?.write(text, "latin1");
      socket?.write(body);
      socket?.uncork();
    }
  }

  /** False: wait for `drained`. */
  send(bytes: Uint8Array): boolean {
    return this.#socket?.write(bytes) ?? false;
  }

  /** Resolves once there is room to send more, or never will be. */
  drained(): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined || socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        socket.off("drain", done);
        socket.off("close", done);
        resolve();
      };
      socket.on("drain", done);
      socket.on("close", done);
    });
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#socket?.resume();
  }

  /** More time before silence is told. */
  restartIdleTime(): void {
    this.#socket?.setTimeout(this.#idleTimeoutMs);
  }

  destroy(): void {
    this.#socket?.destroy();
  }

  #read(chunk: Buffer): void {
    // Bytes that nobody asked for.
    if (this.#user === undefined) this.destroy();
    else this.#user.onBytes(chunk);
  }
}
