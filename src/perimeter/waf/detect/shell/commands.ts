/** The programs an attacker starts, and what each needs behind it before it is believed to be a command and not a word. */

/**
 * What makes a use plausible: `info` says something alone, `file` wants a path, `filter` works on a pipe and so wants a path of its own,
 * `net` wants a host, `run` wants code, a script or a pipe, `wait` wants a number, `say` wants anything, `admin` wants one of its verbs.
 */
export type Kind = 'info' | 'file' | 'filter' | 'net' | 'run' | 'wait' | 'say' | 'admin';

export interface Command {
  readonly name: string;
  readonly kind: Kind;
  /** Also a word, abbreviation or field name of ordinary texts: says nothing alone. */
  readonly isWord: boolean;
  /** Known to cmd.exe, where letters' case does not matter. */
  readonly isWindows: boolean;
}

const plain: Readonly<Record<Kind, string>> = {
  info: 'uname ifconfig printenv lscpu lsblk lsb_release lsmod lspci dmesg lsof',
  file: 'tac rm rmdir chmod chown chgrp xxd hexdump dd mkfifo mknod readlink realpath shred nano vim tar unzip gunzip zcat bzcat cpio gpg openssl mysqldump pg_dump',
  filter: 'grep egrep fgrep zgrep awk gawk mawk sed',
  net: 'wget curl ncat netcat nc telnet scp sftp tftp socat whois traceroute aria2c dig nmap rsync lynx axel getent',
  run: 'sh bash zsh ksh dash ash csh tcsh busybox python python2 python3 perl ruby php nodejs lua tclsh irb gdb xterm gcc setsid xargs crontab source',
  wait: 'usleep',
  say: 'printf',
  admin:
    'useradd adduser userdel usermod groupadd poweroff systemctl iptables visudo pkill killall mkfs insmod chroot umount chpasswd service kubectl docker apt-get apt yum apk',
};
const words: Readonly<Record<Kind, string>> = {
  info: 'id ls ss ip ps pwd env df w who date uptime top last users groups history mount free jobs',
  file: 'cat nl head tail less more rev sort od strings base64 base32 file stat cp mv touch mkdir ln find locate ed vi diff paste fold cut tree zip',
  filter: 'wc tee uniq tr',
  net: 'host ssh ftp fetch links',
  run: 'node java expect script fish go eval exec ruby ash',
  wait: 'sleep',
  say: 'echo expr print',
  admin: 'kill reboot halt shutdown init passwd su at',
};
const windows: Readonly<Record<Kind, string>> = {
  info: 'whoami ipconfig netstat systeminfo tasklist qwinsta quser getmac driverquery',
  file: 'xcopy robocopy icacls attrib cacls erase rd findstr takeown',
  filter: '',
  net: 'nslookup certutil bitsadmin tracert',
  run: 'cmd powershell pwsh cscript wscript mshta rundll32 regsvr32 msiexec wmic installutil msbuild regasm forfiles pcalua',
  wait: 'start-sleep',
  say: '',
  admin: 'schtasks taskkill netsh vssadmin wevtutil bcdedit',
};
const windowsWords: Readonly<Record<Kind, string>> = {
  info: 'dir ver vol hostname arp route set',
  file: 'type copy move del ren more md',
  filter: '',
  net: 'ping',
  run: 'start call',
  wait: 'timeout',
  say: 'echo',
  admin: 'net reg sc shutdown',
};

/** Commands by their lower-case name. */
export const commands: ReadonlyMap<string, Command> = tableOf();

/** Second words that make an `admin` command whole. */
export const verbs: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    net: 'user users localgroup group share view use start stop accounts session config time',
    reg: 'query add delete save export import',
    sc: 'query config create start stop delete qc',
    systemctl: 'start stop restart status enable disable daemon-reload list-units poweroff reboot',
    service: '',
    init: '0 6',
    su: '- root',
    kubectl: 'exec delete apply run',
    docker: 'run exec rm cp',
    'apt-get': 'install',
    apt: 'install',
    yum: 'install',
    apk: 'add',
    netsh: 'advfirewall firewall wlan interface',
    vssadmin: 'delete list',
    at: 'now',
  }).map(([name, list]) => [name, new Set(list.split(' '))]),
);

/** Words that stand before the command proper. */
export const wrappers: ReadonlySet<string> = new Set(
  'sudo nohup command builtin env exec eval then do else if while ! time busybox xargs doas unbuffer stdbuf nice call start cmd.exe'.split(
    ' ',
  ),
);

/** Words of column headers and lists, before a `;` or `|`: what follows is one more column. */
export const columns: ReadonlySet<string> = new Set(
  'name names title email mail date type uuid key value user users username first last status created updated code number no nr price qty sku label group parent slug url city country address phone count total amount description age sex gender product order customer company category tag tags field column'.split(
    ' ',
  ),
);

function tableOf(): Map<string, Command> {
  const table = new Map<string, Command>();
  const add = (lists: Readonly<Record<Kind, string>>, isWord: boolean, isWindows: boolean): void => {
    for (const kind of ['info', 'file', 'filter', 'net', 'run', 'wait', 'say', 'admin'] as const)
      for (const name of lists[kind].split(' ')) if (name !== '') table.set(name, { name, kind, isWord, isWindows });
  };
  add(plain, false, false);
  add(words, true, false);
  add(windows, false, true);
  add(windowsWords, true, true);
  return table;
}
