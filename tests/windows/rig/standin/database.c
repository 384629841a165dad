/* database.c - call_log.db beside the ini, as 3.22.5 and later keep it, through the SQLite of the rig's
 * Python (SQLITE_DLL, from the build). Open until the process ends; each statement is a transaction.
 */
#include "standin.h"
#include <stdio.h>
#include <time.h>

#define OK 0
#define ROW 100
#define CALLS_MAX 1000
#define TRANSIENT ((void *)(INT_PTR)-1)
#define COLUMNS "(callId, number, name, type, time, duration, info)"

typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;
static int (*initialize)(void);
static int (*open_file)(const char *, sqlite3 **, int, const char *);
static int (*execute)(sqlite3 *, const char *, void *, void *, char **);
static int (*prepare)(sqlite3 *, const void *, int, sqlite3_stmt **, const void **);
static int (*bind_text)(sqlite3_stmt *, int, const void *, int, void *);
static int (*bind_int)(sqlite3_stmt *, int, long long);
static int (*step)(sqlite3_stmt *);
static long long (*column)(sqlite3_stmt *, int);
static int (*finalize)(sqlite3_stmt *);
static int (*busy_timeout)(sqlite3 *, int);
static long long (*last_row)(sqlite3 *);
static sqlite3 *database;

static BOOL load_library(void)
{
    static const struct { void *pointer; const char *name; } functions[] = {
        {&initialize, "sqlite3_initialize"}, {&open_file, "sqlite3_open_v2"}, {&execute, "sqlite3_exec"}, {&prepare, "sqlite3_prepare16_v2"},
        {&bind_text, "sqlite3_bind_text16"}, {&bind_int, "sqlite3_bind_int64"}, {&step, "sqlite3_step"},
        {&column, "sqlite3_column_int64"}, {&finalize, "sqlite3_finalize"}, {&busy_timeout, "sqlite3_busy_timeout"},
        {&last_row, "sqlite3_last_insert_rowid"},
    };
    wchar_t path[] = SQLITE_DLL;
    for (wchar_t *c = path; *c; c++) if (*c == L'/') *c = L'\\';
    HMODULE library = LoadLibraryW(path);
    for (size_t i = 0; library && i < sizeof functions / sizeof *functions; i++) {
        FARPROC found = GetProcAddress(library, functions[i].name);
        memcpy(functions[i].pointer, &found, sizeof found);   /* the types differ, so no assignment */
        if (!found) library = NULL;
    }
    if (!library) note(L"error", L"no SQLite");
    return library && initialize() == OK;    /* Python's SQLite does not do that by itself */
}

/* One statement with texts (NULL: none) and numbers, in the order of its parameters. */
static long long run(const wchar_t *text, int texts, const wchar_t *const *values, int numbers, const long long *given)
{
    sqlite3_stmt *statement;
    long long result = -1;
    if (prepare(database, text, -1, &statement, NULL) != OK) return -1;
    for (int i = 0; i < texts; i++) bind_text(statement, i + 1, values[i], -1, TRANSIENT);
    for (int i = 0; i < numbers; i++) bind_int(statement, texts + i + 1, given[i]);
    if (step(statement) == ROW) result = column(statement, 0);
    finalize(statement);
    return result;
}

/* Creates the table if need be, keeps the newest rows; FALSE for what is not a database. */
BOOL open_database(void)
{
    wchar_t path[PATH_MAX_W];
    char utf8[PATH_MAX_W * 3];
    if (!load_library()) return FALSE;
    swprintf(path, PATH_MAX_W, L"%ls\\contacts.db", data_folder);
    CloseHandle(CreateFileW(path, GENERIC_WRITE, 7, NULL, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL));
    swprintf(path, PATH_MAX_W, L"%ls\\call_log.db", data_folder);
    WideCharToMultiByte(CP_UTF8, 0, path, -1, utf8, sizeof utf8, NULL, NULL);
    if (open_file(utf8, &database, 2 | 4, NULL) != OK) return FALSE;     /* read, write, create */
    busy_timeout(database, 5000);
    return execute(database,
        "CREATE TABLE IF NOT EXISTS call_log (id INTEGER PRIMARY KEY AUTOINCREMENT, callId TEXT NOT NULL,"
        " number TEXT NOT NULL, name TEXT NOT NULL, type INTEGER, time INTEGER, duration INTEGER, info TEXT NOT NULL);"
        "CREATE UNIQUE INDEX IF NOT EXISTS idx_call_log_callId_unique ON call_log (callId);"
        "DELETE FROM call_log WHERE id NOT IN (SELECT id FROM call_log ORDER BY id DESC LIMIT 1000);",
        NULL, NULL, NULL) == OK;
}

static int insert(const wchar_t *id, const wchar_t *number, const wchar_t *name, const wchar_t *info,
                  int type, long long when, long long seconds)
{
    const wchar_t *const texts[] = {id, number, name, info};
    const long long numbers[] = {type, when, seconds};
    if (!*id || !*number || !*name || when <= 0 || seconds < 0) return -1;
    run(L"INSERT INTO call_log (callId, number, name, info, type, time, duration) VALUES (?, ?, ?, ?, ?, ?, ?)",
        4, texts, 3, numbers);
    return (int)last_row(database);
}

int insert_call(const wchar_t *number, int type)
{
    static int count;
    wchar_t id[64];
    swprintf(id, 64, L"%lld-%lu-%d", (long long)time(NULL), GetCurrentProcessId(), ++count);
    return insert(id, number, number, L"", type, time(NULL), 0);
}

void update_call(int id, int type, unsigned seconds, const wchar_t *info)
{
    const long long numbers[] = {type, seconds, id};
    run(L"UPDATE call_log SET info = ?, type = ?, duration = ? WHERE id = ?", 1, &info, 3, numbers);
}

/* [Calls] of an older phone, up to its first gap, when the table is empty; in the order of their times. */
void import_calls(void)
{
    static struct legacy { wchar_t text[256]; long long when; } rows[CALLS_MAX];
    int count = 0;
    wchar_t name[16], id[64];
    if (run(L"SELECT count(*) FROM call_log", 0, NULL, 0, NULL) != 0) return;
    for (int i = 0; count < CALLS_MAX; i++) {
        swprintf(name, 16, L"%d", i);
        if (!GetPrivateProfileStringW(L"Calls", name, L"", rows[count].text, 256, ini)) break;
        if (!wcscmp(rows[count].text, L"null")) continue;
        const wchar_t *rest = rows[count].text;
        for (int field = 0; rest && field < 3; field++) rest = (rest = wcschr(rest, L';')) ? rest + 1 : NULL;
        rows[count].when = rest ? _wtoi64(rest) : 0;
        struct legacy row = rows[count];
        int at = count++;
        for (; at && rows[at - 1].when > row.when; at--) rows[at] = rows[at - 1];
        rows[at] = row;
    }
    for (int i = 0; i < count; i++) {
        wchar_t *fields[6] = {L"", L"", L"", L"", L"", L""}, *rest = rows[i].text;
        for (int field = 0; rest && field < 6; field++) {
            fields[field] = rest;
            if ((rest = wcschr(rest, L';'))) *rest++ = 0;
        }
        int type = _wtoi(fields[2]);
        swprintf(id, 64, L"legacy-%d-%ls", i, fields[3]);
        insert(id, fields[0], *fields[1] ? fields[1] : fields[0], fields[5], type < 0 || type > 3 ? 0 : type,
               rows[i].when, _wtoi(fields[4]));
    }
    WritePrivateProfileStringW(L"Calls", NULL, NULL, ini);
    WritePrivateProfileStringW(L"Settings", L"callsLastKey", NULL, ini);
    notef(L"imported", L"%d", count);
}
