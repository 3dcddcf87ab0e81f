/** Values that are nothing but one call or statement of a server's language, perhaps behind what ends somebody else's literal. */

import type { Rule } from '../../waf.ts';

const longest = 300;
/** What breaks out of a literal or call, and what prints what follows. */
const lead =
  /^(?:[\s'"`;:,.+*&|)\]}@(!=${\\-]{0,12}|[\s'"]{0,3}\d{1,6}['"]?\s{0,2}[;)|&,]{1,3}\s{0,2}|<\?(?:php|=)\s{0,3})(?:(?:return|echo|print|puts|throw|await|new|yield|p|let|var|const \w{1,12} ?=|x ?=)\s{1,2}|(?:var_dump|print_r|print|printf|echo|die|exit|str|repr|list|json\.dumps|console\.log|puts|response\.end|res\.(?:end|send|write))\s{0,2}\(\s{0,2})?[\s@(]{0,2}/;
const call = /^\\?((?:[a-z_$][\w$]{0,40}\\){0,4}[a-z_$][\w$]{0,40}(?:(?:\.|::|->|\?\.)[\w$]{1,40}){0,6})\s{0,2}\(/;

interface Calls {
  readonly rule: Rule['id'];
  /** Say enough with any argument of a program: a literal, a variable, a number, another call, or none. */
  readonly any: string;
  /** Are words too: want a literal in quotes or another call. */
  readonly quoted: string;
}

const known: readonly Calls[] = [
  {
    rule: 'code.php',
    any: 'highlight_file show_source var_dump print_r getcwd set_time_limit ignore_user_abort error_log fwrite fputs fputcsv ftruncate move_uploaded_file is_uploaded_file gethostbyname gethostbynamel gethostbyaddr gethostname dns_get_record dns_check_record checkdnsrr getmxrr curl_exec curl_init curl_multi_exec stream_socket_client stream_socket_server stream_context_create stream_get_contents fsockopen pfsockopen simplexml_load_file simplexml_load_string simplexmlelement domdocument set_error_handler set_exception_handler register_tick_function spl_autoload_register apache_setenv apache_getenv apache_child_terminate apache_request_headers virtual dl parse_ini_file parse_ini_string opendir readdir scandir symlink tempnam tmpfile rmdir fileperms fileowner disk_total_space disk_free_space get_current_user getmypid getmyuid getmyinode getlastmod getrusage posix_getpwuid posix_getuid posix_geteuid posix_kill posix_mkfifo posix_setuid posix_uname posix_getpid php_sapi_name php_ini_loaded_file php_uname phpcredits zend_version get_cfg_var get_include_path get_loaded_extensions get_extension_funcs get_declared_classes get_defined_constants get_defined_functions get_defined_vars get_included_files get_required_files get_class_methods get_object_vars get_magic_quotes_gpc error_get_last debug_backtrace debug_print_backtrace debug_zval_refcount ini_get ini_get_all ini_alter ini_restore ini_set session_start session_destroy session_id unserialize convert_uudecode gzuncompress gzinflate gzdecode str_rot13 hex2bin base64_decode mb_send_mail imap_open imap_mail ftp_connect ftp_login ftp_exec ssh2_exec ssh2_connect expect_popen mysql_query mysqli_query mysqli_connect mysql_connect pg_query pg_connect sqlite_query sqlite_open dba_open readfile readgzfile gzopen gzfile bzopen fpassthru fgets fread file_exists is_writable is_readable realpath_cache_get opcache_get_status opcache_reset opcache_compile_file runkit_function_add func_get_args func_get_arg variant_eval win_shell_execute w32api_invoke_function com_load_typelib escapeshellcmd eio_busy phpversion php_strip_whitespace __halt_compiler openlog syslog proc_nice proc_terminate proc_get_status putenv getenv array_walk array_walk_recursive array_reduce array_udiff array_diff_ukey usort uasort uksort preg_replace_callback preg_filter forward_static_call call_user_method register_shutdown_function header_register_callback iterator_apply create_function mb_eregi_replace mb_ereg_replace assert_options pcntl_fork pcntl_exec pcntl_signal pcntl_alarm',
    quoted: 'copy rename unlink link touch mkdir chmod chown chgrp mail file fopen glob header strrev',
  },
  {
    rule: 'code.python',
    any: 'globals locals vars breakpoint __import__ execfile reload sys.exit sys._getframe sys.exc_info sys.setrecursionlimit os.getcwd os.getpid os.getuid os.uname os.cpu_count os.abort os._exit os.kill os.chmod os.rename os.mkdir os.rmdir os.walk os.scandir os.stat os.getenv os.putenv os.getlogin code.interact code.interactiveconsole importlib.reload importlib.__import__ pkgutil.get_data linecache.getlines linecache.getline commands.getoutput commands.getstatusoutput platform.popen popen2.popen2 popen2.popen3 posix.system nt.system pty.fork pickle.loads pickle.load cpickle.loads dill.loads marshal.loads shelve.open yaml.load yaml.unsafe_load yaml.full_load jsonpickle.decode numpy.load pandas.read_pickle joblib.load torch.load urllib.urlopen urllib2.urlopen urllib.request.urlopen requests.get requests.post http.client.httpconnection socket.socket socket.gethostbyname socket.gethostname socket.create_connection shutil.rmtree shutil.copyfile tempfile.mktemp webbrowser.open cprofile.run profile.run trace.trace timeit.timeit pdb.set_trace pdb.run doctest.testfile zipimport.zipimporter types.functiontype types.codetype inspect.getsource inspect.stack gc.get_objects gc.get_referrers asyncio.create_subprocess_shell asyncio.create_subprocess_exec multiprocessing.process threading.thread ctypes.cdll builtins.eval builtins.exec builtins.open __builtins__.eval __builtins__.exec',
    quoted: 'input exec compile execv',
  },
  {
    rule: 'code.ruby',
    any: 'file.write file.delete file.unlink file.binwrite file.foreach file.chmod file.symlink fileutils.rm_rf fileutils.cp fileutils.touch io.write io.sysopen io.foreach dir.pwd dir.home dir.glob marshal.load marshal.restore yaml.load psych.load oj.load erb.new object.const_get objectspace.each_object binding.irb binding.pry binding.eval kernel.load kernel.require kernel.exit kernel.abort process.kill process.exec process.fork process.daemon process.getpgid net::http.get tcpserver.new udpsocket.new socket.tcp open-uri.open pty.spawn pty.getpty gem.load define_method class_eval module_eval instance_exec instance_variable_get instance_variable_set remove_const syscall',
    quoted: 'load',
  },
  {
    rule: 'code.node',
    any: 'vm.runinthiscontext vm.runinnewcontext vm.runincontext vm.script vm.createscript module.require module.constructor._load module._load require.main.require require.main.constructor._load process.chdir process.abort process.reallyexit process.emit process.setuid process.umask process.getuid process.report.getreport fs.readfile fs.readfilesync fs.writefile fs.writefilesync fs.appendfile fs.appendfilesync fs.unlink fs.unlinksync fs.readdir fs.readdirsync fs.createreadstream fs.createwritestream fs.rm fs.rmsync fs.mkdirsync fs.existssync fs.statsync fs.chmodsync fs.copyfilesync fs.opensync fs.promises.readfile child_process.exec child_process.spawn child_process.fork cluster.fork os.hostname os.userinfo os.networkinterfaces dns.lookup dns.resolve net.connect net.createconnection net.createserver http.createserver http.get https.get http.request require.extensions function.constructor asyncfunction generatorfunction global.eval globalthis.eval webassembly.compile webassembly.instantiate worker_threads.worker bun.write bun.file deno.writetextfile deno.env.get deno.readdir deno.exit',
    quoted: '',
  },
  {
    rule: 'code.java',
    any: 'system.exit system.setproperty system.setsecuritymanager ioutils.tostring processgroovymethods.execute system.load system.loadlibrary system.gc runtime.exec runtime.halt runtime.loadlibrary java.util.arrays.aslist java.lang.math.random initialcontext javax.naming.initialcontext initialcontext.dolookup mvel.eval mvel.executeexpression mvel.compileexpression character.tostring character.valueof evaluate.me eval.me eval.x groovy.util.eval.me jenkins.getinstance hudson.model.hudson.getinstance hudson.util.secret.decrypt thread.currentthread thread.sleep class.forname classloader.getsystemclassloader url.openstream files.newinputstream files.delete paths.get objectinputstream xmldecoder urlclassloader scriptengine.eval engine.eval nashornscriptengine.eval javassist.classpool.getdefault ognl.getvalue spelexpressionparser elprocessor.eval jexlbuilder beanutils.populate request.getsession request.getservletcontext response.sendredirect response.getwriter servletcontext.getrealpath',
    quoted: 'evaluate',
  },
  {
    rule: 'code.run',
    any: 'os.exit os.rename os.tmpname loadfile dofile debug.getinfo debug.sethook debug.getregistry string.dump ngx.exit ngx.exec ngx.eof redis.setresp getfenv setfenv rawset file.remove file.rename unlink.file sys.setenv sys.chmod readrenviron download.file shell.exec system2 os.removeall os.writefile os.mkdir plugin.open reflect.valueof template.must erlang:halt file:read_file os:getenv node:spawn httpc:request process.exit elixir.system.cmd file.read! file.write! file.ls! file.rm_rf std::fs::read_to_string std::process::exit std::env::vars getobject activexobject wscript.sleep wscript.createobject wscript.shell.run activator.createinstance appdomain.currentdomain currentdomain.getassemblies assembly.loadfile assembly.loadfrom methodinfo.invoke marshal.copy file.readalltext file.writealltext file.readallbytes directory.getfiles environment.exit process.getprocesses registry.getvalue response.redirect response.binarywrite response.end server.htmlencode executeglobal xmlhttp.open dlopen',
    quoted: 'shell winexec shellexecute createprocess popen spawn fork execute',
  },
];

interface Found {
  readonly rule: Rule['id'];
  readonly wantsQuote: boolean;
}

const calls: ReadonlyMap<string, Found> = new Map<string, Found>(
  known.flatMap(({ rule, any, quoted }) => [
    ...split(quoted).map(name => [name, { rule, wantsQuote: true }] as const),
    ...split(any).map(name => [name, { rule, wantsQuote: false }] as const),
  ]),
);

/** What wakes the detector for them. */
export const wholeNeedles: readonly string[] = [...calls.keys()].map(name => `${name}(`);

/** A literal, a variable, a number; another call or a member of an object. */
const anyArgument = /^\s{0,3}(?:['"`$\d\\@[{&-]|function\b|fn\b|\w{1,40}\s{0,2}[([.,)])/;
/** What does something without an argument; of the others an empty bracket is how people name a function. */
const needsNone =
  /^(?:get|php|zend|posix_|debug_|error_get|ini_get_all|func_get|globals$|locals$|vars$|breakpoint$|session_|phpinfo|os\.|sys\.|process\.|dir\.|binding\.|pty\.|gc\.|socket\.get|code\.|jenkins|hudson|thread\.current|classloader|request\.get|environment\.|opcache|__halt|tmpfile|apache_|system\.gc)/;
const quotedArgument = /^\s{0,3}(?:b|f|r|u)?(?:['"`]|\\['"]|\$_|\w{3,40}\s{0,2}\(\s{0,2}['"`$)])/;
/** A sentence goes on behind the bracket. */
const remark = /\)[.,:]?\s[a-z']{2,24}\s[a-z']{2,24}(?:[\s,.!?]|$)/;

/** The rule of the call the value is, and where it stands; undefined for every other text. Reads at most 300 characters. */
export function wholeCall(lower: string): { readonly rule: Rule['id']; readonly at: number } | undefined {
  if (lower.length > longest || !lower.includes('(') || remark.test(lower)) return undefined;
  const led = lead.exec(lower)?.[0] ?? '';
  for (const at of led === '' ? [0] : [led.length, 0]) {
    const rule = callAt(lower, at);
    if (rule !== undefined) return { rule, at };
  }
  return undefined;
}

function callAt(lower: string, at: number): Rule['id'] | undefined {
  const found = call.exec(lower.slice(at, at + 240));
  if (found === null) return undefined;
  const name = (found[1] ?? '').replaceAll('->', '.').replaceAll('?.', '.').replace(/^.*\\/, '');
  const one = calls.get(name) ?? calls.get(name.slice(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1));
  if (one === undefined) return undefined;
  const rest = lower.slice(at + found[0].length);
  if (/^\s{0,3}\)/.test(rest)) return !one.wantsQuote && needsNone.test(name) ? one.rule : undefined;
  return (one.wantsQuote ? quotedArgument : anyArgument).test(rest) ? one.rule : undefined;
}

function split(list: string): string[] {
  return list === '' ? [] : list.split(' ');
}
