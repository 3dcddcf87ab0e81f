/** The programs an attacker starts, and what each needs behind it before it is believed to be a command and not a word. */

/**
 * What makes a use plausible: `info` says something alone, `file` wants a path, `filter` works on a pipe and so wants a path of its own,
 * `net` wants a host, `run` wants code, a script or a pipe, `wait` wants a number, `say` wants anything, `admin` wants one of its verbs, and
 * `rare` is believed only where nothing but an injected command stands.
 */
export type Kind = 'info' | 'file' | 'filter' | 'net' | 'run' | 'wait' | 'say' | 'admin' | 'rare';

export interface Command {
  readonly name: string;
  readonly kind: Kind;
  /** Also a word, abbreviation or field name of ordinary texts: says nothing alone. */
  readonly isWord: boolean;
  /** Known to cmd.exe, where letters' case does not matter. */
  readonly isWindows: boolean;
}

const plain: Readonly<Record<Kind, string>> = {
  info: 'uname ifconfig printenv lscpu lsblk lsb_release lsmod lspci lsusb dmesg lsof hostnamectl timedatectl loginctl lastlog iostat vmstat mpstat pstree sysctl blkid findmnt logname nproc',
  file: 'tac rm rmdir chmod chown chgrp xxd hexdump dd mkfifo mknod readlink realpath shred nano vim tar unzip gunzip zcat bzcat cpio gpg openssl mysqldump pg_dump tcpdump tshark bzip2 xz zless zmore nm objdump readelf ldd getfacl setfacl chattr lsattr truncate mktemp cksum md5sum sha1sum sha256sum iconv emacs pico whereis mlocate',
  filter: 'grep egrep fgrep zgrep awk gawk mawk sed',
  net: 'wget curl ncat netcat nc telnet scp sftp tftp socat whois traceroute aria2c dig nmap rsync lynx axel drill tracepath mtr hping3 curlftpfs wget2 elinks w3m smbclient ldapsearch mysql psql mongo redis-cli sqlmap ssh-keygen ssh-copy-id rlogin',
  run: 'sh bash zsh ksh dash ash csh tcsh busybox python python2 python3 perl ruby php nodejs lua tclsh irb gdb xterm gcc setsid xargs crontab source osascript groovy julia rscript ts-node tsx deno bun erl elixir runghc jshell jrunscript guile pypy pypy3 python2.7 wish m4 capsh run-parts systemd-run dbus-send logsave g++ cc clang tcc ld',
  wait: 'usleep',
  say: 'printf',
  admin:
    'useradd adduser userdel usermod groupadd poweroff systemctl iptables visudo pkill killall mkfs insmod chroot umount chpasswd service kubectl docker apt-get apt yum apk dnf npm pip pip3 gem crictl podman groupdel groupmod gpasswd chsh ufw nft firewall-cmd modprobe rmmod telinit swapoff setenforce getent git sudo update-rc.d chkconfig',
  rare: 'npx sendmail svn hg sshpass fdisk swapon localectl resolvectl systemd-resolve fping arping finger pinky updatedb chpasswd fallocate dropbear ll la adduser deluser ftpget ftpput rsh ssh-agent ssh-add zmodload ztcp autoload compgen typeset declare umask ulimit shopt dircolors tty stty lsattr getconf dpkg rpm snap pacman zypper brew journalctl chronyc nvidia-smi lshw dmidecode sqlite3 tmux doas setcap getcap gcore strace perf coredumpctl bpftrace tftpd proxychains chisel ngrok aws gcloud az terraform vault consul nomad helm',
};
const words: Readonly<Record<Kind, string>> = {
  info: 'id du ls ss ip ps pwd env df w who date uptime top last users groups history mount free jobs',
  file: 'cat nl mail head tail less more rev sort od strings base64 base32 file stat cp mv touch mkdir ln find locate ed vi diff paste fold cut tree zip',
  filter: 'wc tee uniq tr',
  net: 'host ssh ftp fetch links',
  run: 'node java expect script fish go eval exec ruby ash',
  wait: 'sleep',
  say: 'echo expr print',
  admin: 'kill reboot halt shutdown init passwd su at',
  rare: 'arch locale cal exit logout export alias unset trap coproc which man logger wall seq install split screen bc read factor look apropos info yes help',
};
const windows: Readonly<Record<Kind, string>> = {
  info: 'whoami ipconfig netstat systeminfo tasklist qwinsta quser getmac driverquery gpresult nbtstat get-childitem get-process get-service get-content get-wmiobject get-ciminstance get-localuser get-localgroup get-localgroupmember get-computerinfo get-netipaddress get-nettcpconnection get-itemproperty get-psdrive get-executionpolicy get-hotfix get-acl get-eventlog get-location get-host get-variable get-scheduledtask get-aduser get-item',
  file: 'xcopy robocopy icacls attrib cacls erase rd findstr takeown gci gwmi gc remove-item set-content add-content out-file copy-item compress-archive expand-archive makecab esentutl',
  filter: '',
  net: 'nslookup certutil bitsadmin tracert invoke-webrequest invoke-restmethod iwr irm test-connection test-netconnection resolve-dnsname start-bitstransfer pathping nltest',
  run: 'cmd powershell pwsh cscript wscript mshta rundll32 regsvr32 msiexec wmic installutil msbuild regasm forfiles pcalua new-object start-process invoke-command invoke-expression invoke-wmimethod cmstp odbcconf ieexec msxsl',
  wait: 'start-sleep',
  say: '',
  admin:
    'schtasks taskkill netsh new-localuser add-localgroupmember set-mppreference add-mppreference stop-process stop-service restart-computer stop-computer psexec dsquery dsget wbadmin fsutil vssadmin wevtutil bcdedit',
  rare: 'calc notepad mspaint taskmgr regedit winver msinfo32 dxdiag mmc gpedit explorer iexplore schtasks cmdkey vol assoc ftype doskey subst diskpart chkdsk sfc dism waitfor pushd popd query klist setspn conhost wsl logoff runas cipher gpupdate csvde ldifde ntdsutil procdump gcm get-command get-clipboard get-help sls sal gal gps gsv gip',
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
  rare: 'tree cd where format attrib choice expand date time label path',
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
    kubectl: 'exec delete apply run get describe logs config cp',
    docker: 'run exec rm cp ps images inspect info logs version',
    podman: 'run exec rm cp ps images inspect info',
    crictl: 'ps exec images',
    getent: 'passwd group hosts shadow ahosts',
    dnf: 'install',
    npm: 'install i exec explore config',
    pip: 'install download list freeze',
    pip3: 'install download list freeze',
    gem: 'install list',
    git: 'clone config -c ls-remote',
    'apt-get': 'install',
    apt: 'install',
    yum: 'install',
    apk: 'add',
    netsh: 'advfirewall firewall wlan interface',
    vssadmin: 'delete list',
    at: 'now',
    fsutil: 'fsinfo file volume usn behavior',
  }).map(([name, list]) => [name, new Set(list.split(' '))]),
);

/** What the names of PowerShell's own commands begin with. */
export const cmdletVerbs =
  'get set new remove write copy move clear out select import export test enable disable restart rename resolve register convertto convertfrom foreach where start stop invoke add';

/** Words that stand before the command proper. */
export const wrappers: ReadonlySet<string> = new Set(
  'sudo nohup command builtin env exec eval then do else if while ! time busybox xargs doas unbuffer stdbuf nice call start cmd.exe timeout strace ltrace watch ionice chrt taskset unshare nsenter runuser pkexec setsid flock systemd-run firejail proxychains'.split(
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
    for (const kind of ['info', 'file', 'filter', 'net', 'run', 'wait', 'say', 'admin', 'rare'] as const)
      for (const name of lists[kind].split(' '))
        if (name !== '' && !(kind === 'rare' && table.has(name))) table.set(name, { name, kind, isWord, isWindows });
  };
  add(plain, false, false);
  add(words, true, false);
  add(windows, false, true);
  add(windowsWords, true, true);
  return table;
}
