/** Thrown by the library while a file is evaluated and cannot go on: the message is what it received. */
export class FileRefusal extends TypeError {
  constructor(
    received: string,
    readonly rule: string,
    readonly fix: string,
  ) {
    super(received);
  }
}
