/** The vocabulary of the SQL dialects, as far as it tells an attack from prose. */

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Functions that mean SQL wherever they are called: nobody calls them in prose or in other languages. */
export const strongFunctions = set(
  'pg_sleep pg_sleep_for pg_sleep_until benchmark extractvalue updatexml load_file pg_read_file pg_ls_dir pg_read_binary_file lo_import lo_export lo_from_bytea ' +
    'dblink dblink_connect dblink_send_query query_to_xml database_to_xml table_to_xml xmltype group_concat string_agg listagg gtid_subset ' +
    'gtid_subtract name_const st_latfromgeohash ' +
    'st_longfromgeohash st_pointfromgeohash randomblob zeroblob load_extension sqlite_version fn_xe_file_target_read_file fn_trace_gettable ' +
    'fn_get_audit_file openrowset openquery opendatasource db_name suser_name suser_sname is_srvrolemember host_name ' +
    'object_id col_name fn_varbintohexstr has_dbaccess makeset make_set find_in_set bigint_exp quote_ident quote_literal current_setting ' +
    'has_table_privilege pg_get_userbyid pg_client_encoding xpath_exists xmlagg exportset export_set substring_index ' +
    'get_lock release_lock is_free_lock is_used_lock row_count last_insert_id sys_eval sys_exec sys_context regexp_like nvl2 bitand ' +
    'to_timestamp_tz raise_application_error hextoraw rawtohex chr_utf8 unhex from_base64 to_base64 aes_decrypt uuid_short sqlite_compileoption_used sleepeachrow dlookup uuid_to_bin bin_to_uuid rdb$get_context wsrep_last_seen_gtid',
);

/** Functions that SQL shares with other languages: they count only inside something else that is SQL. */
export const plainFunctions = set(
  'sleep ascii substr substring mid left right length len char_length character_length datalength char chr nchar hex bin oct unicode ' +
    'concat concat_ws ifnull isnull nullif coalesce if iif decode nvl cast convert count sum min max avg version database schema user ' +
    'current_user session_user system_user md5 sha1 sha sha2 hashbytes rand random floor exp pow power instr locate position strcmp ' +
    'lower upper lcase ucase lpad rpad trim ltrim rtrim replace reverse repeat space row exists conv bit_count rlike like glob typeof ' +
    'to_char to_number row_number array_to_string encode_hex now sysdate getdate current_database current_schema values greatest least ' +
    'strpos translate tochar todate quote printf format xmlelement json_extract insert abs sign log ceil ceiling round mod patindex charindex stuff ' +
    'geometrycollection multipoint polygon multipolygon linestring multilinestring ord is_member user_name elt json_keys crypt_key compress uncompress patindex newid checksum getutcdate dbms_random json_depth json_length json_type json_valid json_array json_object pi',
);

/** Packages and procedures that only an attack names with a call. */
export function isDangerousPackage(word: string): boolean {
  return (
    word.startsWith('utl_') ||
    word.startsWith('dbms_') ||
    word.startsWith('xp_') ||
    word.startsWith('sp_oa') ||
    packages.has(word)
  );
}

const packages = set(
  'ctxsys ordsys owa_util httpuritype sp_executesql sp_execute_external_script sp_configure sp_password sp_addlogin sp_makewebtask sp_addsrvrolemember sp_helpdb',
);

/** Words that begin a clause and so cannot be a name or a value. */
export const clauseWords = set(
  'and or xor union select from where having group order limit into procedure like rlike regexp ilike glob between in is as on using join ' +
    'inner outer cross natural then else end when intersect except minus returning offset fetch for waitfor exec execute insert update delete drop values set ' +
    'div mod collate escape similar sounds asc desc window qualify with shutdown declare',
);

/** Words that make the sentence English, French or German, never a table. */
export const proseWords = set(
  'the a an this that these those our your my their its his her each any some all every one two which what whom me you us them him it and or ' +
    'where there here le la les un une des du ce cette votre notre mes vos der die das den dem ein eine einen of in to for with at by on as is are was ' +
    'many several both either other another above below among between within time scratch now left right top bottom home work abroad menu list',
);

/** Names that stand for literals. */
export const constantWords = set(
  'true false null unknown current_user session_user system_user user current_date current_timestamp sysdate rownum rowid default pi nan localtime',
);

/** Tables an attacker expects to find. */
export const likelyTables = set(
  'users user accounts account members member admin admins administrators customers customer passwords password credentials login logins orders ' +
    'products employees employee information_schema sqlite_master sqlite_schema sysobjects syscolumns sysusers dual all_tables user_tables ' +
    'all_users pg_user pg_shadow pg_tables pg_class pg_database mysql master msysobjects items articles posts news comments sessions tokens payments ' +
    'clients people person usr tbl test logs audit flag flags secret secrets staff emp student students profile profiles transactions messages',
);

/** True for the names of the tables in which a database describes itself. */
export function isCatalogue(word: string): boolean {
  return catalogues.has(word) || word.startsWith('pg_stat_') || word.startsWith('msys');
}

const catalogues = set(
  'information_schema sqlite_master sqlite_schema sqlite_temp_master pg_catalog pg_shadow pg_user pg_tables pg_class pg_database pg_authid pg_roles pg_attribute ' +
    'sysobjects syscolumns sysusers sysdatabases sysservers syslogins all_tables all_tab_columns user_tables user_tab_columns dba_users all_users dba_tables ' +
    'all_tab_cols user_objects all_objects innodb_table_stats innodb_index_stats schema_table_statistics rdb$relations rdb$database sysibm syscat iitables',
);
