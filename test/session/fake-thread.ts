import { type EngineThread } from '../../src/session/client';
import { type SessionApi } from '../../src/session/protocol';
import { serve } from '../../src/session/worker';

/** A thread that can be told to crash or to hang. Its session runs here, over a real message channel. */
export class FakeThread extends EventTarget implements EngineThread {
  private readonly port: MessagePort;
  private mute = false;
  terminated = false;

  constructor(session: SessionApi) {
    super();
    const { port1, port2 } = new MessageChannel();
    this.port = port2;
    serve(port1, session);
    port2.addEventListener('message', ({ data }) => {
      if (!this.mute) this.dispatchEvent(new MessageEvent('message', { data: data as unknown }));
    });
    port2.start();
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    if (!this.terminated) this.port.postMessage(message, transfer);
  }

  /** Nothing is answered any more. */
  hang(): void {
    this.mute = true;
  }

  /** As a browser tells of an uncaught error. */
  crash(message = 'out of memory'): void {
    this.mute = true;
    this.dispatchEvent(Object.assign(new Event('error'), { message }));
  }

  terminate(): void {
    this.mute = this.terminated = true;
    this.port.close();
  }
}
