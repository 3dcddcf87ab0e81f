import { close, fdatasync, fstatSync, ftruncate, open, write } from 'node:fs';
import { mkdir, open as openHandle, readdir, rm } from 'node:fs/promises';
import { promisify } from 'node:util';

/** An open segment. Any method may fail with the error of the operating system. */
export interface LogFile {
  /** Writes all of it, or throws. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Resolves when data and length are on disk. */
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  /** The length now; a cheap system call. */
  length(): number;
  close(): Promise<void>;
}

/** The few things the writer does to a disk: the seam where tests make it fail. */
export interface LogDisk {
  /** Makes the directory with its parents, mode 0700. */
  makeDir(dir: string): Promise<void>;
  list(dir: string): Promise<string[]>;
  /** Creates a file that must not exist, mode 0600. */
  create(path: string): Promise<LogFile>;
  /** Opens an existing file for repair. */
  reopen(path: string): Promise<LogFile>;
  /** Removes a file; one that is not there is fine. */
  remove(path: string): Promise<void>;
  /** Makes created and removed names durable. */
  syncDir(dir: string): Promise<void>;
}

const openFd = promisify(open);
const writeFd = promisify(write);
const syncFd = promisify(fdatasync);
const truncateFd = promisify(ftruncate);
const closeFd = promisify(close);

/** The real disk. */
export const systemDisk: LogDisk = {
  async makeDir(dir) {
    await mkdir(dir, { recursive: true, mode: 0o700 });
  },
  list: dir => readdir(dir),
  create: async path => fileOf(await openFd(path, 'wx', 0o600)),
  reopen: async path => fileOf(await openFd(path, 'r+')),
  remove: path => rm(path, { force: true }),
  async syncDir(dir) {
    // Windows cannot open a directory; NTFS journals names by itself.
    if (process.platform === 'win32') return;
    await using handle = await openHandle(dir, 'r');
    await handle.sync();
  },
};

function fileOf(fd: number): LogFile {
  return {
    async write(bytes, position) {
      let done = 0;
      while (done < bytes.length) {
        const { bytesWritten } = await writeFd(fd, bytes, done, bytes.length - done, position + done);
        done += bytesWritten;
      }
    },
    sync: () => syncFd(fd),
    truncate: length => truncateFd(fd, length),
    length: () => fstatSync(fd).size,
    close: () => closeFd(fd),
  };
}
