/* history.c - [Dialed], [Calls], [Shortcuts] and the contacts, as far as they touch the ini. */
#include "standin.h"
#include <stdio.h>
#include <time.h>

#define DIALLED_MAX 10
#define CALLS_MAX 1000

static void key_of(int number, wchar_t name[16])
{
    swprintf(name, 16, L"%d", number);
}

/* Newest first, without repeats; the section is deleted and written anew. */
void add_dialled(const wchar_t *number)
{
    static wchar_t list[DIALLED_MAX][256];
    int count = 1;
    wchar_t name[16], value[256];
    wcsncpy(list[0], number, 255);
    for (int i = 0; count < DIALLED_MAX; i++) {
        key_of(i, name);
        if (!GetPrivateProfileStringW(L"Dialed", name, L"", value, 256, ini)) break;
        if (wcscmp(value, list[0])) wcscpy(list[count++], value);
    }
    WritePrivateProfileStringW(L"Dialed", NULL, NULL, ini);
    for (int i = 0; i < count; i++) {
        key_of(i, name);
        WritePrivateProfileStringW(L"Dialed", name, list[i], ini);
    }
}

static void write_call(int key, const wchar_t *number, int type, unsigned seconds, const wchar_t *info)
{
    wchar_t name[16], value[512];
    key_of(key, name);
    swprintf(value, 512, L"%ls;%ls;%d;%lld;%u;%ls", number, number, type, (long long)time(NULL) - seconds, seconds, info);
    WritePrivateProfileStringW(L"Calls", name, value, ini);
}

/* A call begins: its entry has no info (the sixth field) until it ends. Gives its key. */
int add_call(const wchar_t *number, int type)
{
    if (MODERN) {
        set_setting(L"lastCallNumber", number);
        return insert_call(number, type);
    }
    wchar_t last[16];
    int key = (setting_int(L"callsLastKey") + 1) % CALLS_MAX;
    key_of(key, last);
    set_setting(L"callsLastKey", last);
    set_setting(L"lastCallNumber", number);
    WritePrivateProfileStringW(L"Settings", L"callsLastKey", last, ini);
    write_call(key, number, type, 0, L"");
    return key;
}

void end_call(int key, const wchar_t *number, int type, unsigned seconds)
{
    if (MODERN) update_call(key, type, seconds, L"Call Ended");
    else write_call(key, number, type, seconds, L"Call Ended");
}

static void put(HANDLE file, const wchar_t *text)
{
    char utf8[2048];
    DWORD done;
    int bytes = WideCharToMultiByte(CP_UTF8, 0, text, -1, utf8, sizeof utf8, NULL, NULL) - 1;
    if (bytes > 0) WriteFile(file, utf8, (DWORD)bytes, &done, NULL);
}

/* An attribute's text: what XML forbids there is replaced by a blank. */
static void plain_xml(wchar_t *text)
{
    for (; *text; text++)
        if (wcschr(L"<>&\"", *text)) *text = L' ';
}

/* Without Contacts.xml the legacy section [Contacts] moves there. */
void import_contacts(void)
{
    wchar_t name[16], value[256], line[600];
    if (GetFileAttributesW(contacts) != INVALID_FILE_ATTRIBUTES) return;
    HANDLE file = CreateFileW(contacts, GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
    if (file == INVALID_HANDLE_VALUE) return;
    put(file, L"<?xml version=\"1.0\"?>\r\n<contacts>\r\n");
    for (int i = 0;; i++) {
        key_of(i, name);
        if (!GetPrivateProfileStringW(L"Contacts", name, L"", value, 256, ini)) break;
        plain_xml(value);
        wchar_t *label = wcschr(value, L';');
        if (label) *label++ = 0;
        wchar_t *rest = label ? wcschr(label, L';') : NULL;
        if (rest) *rest = 0;
        swprintf(line, 600, L"<contact name=\"%ls\" number=\"%ls\"/>\r\n", label ? label : value, value);
        put(file, line);
    }
    put(file, L"</contacts>\r\n");
    CloseHandle(file);
    WritePrivateProfileStringW(L"Contacts", NULL, NULL, ini);
}

/* OK in the dialog of the shortcuts: each is read as this version understands it, and written anew:
 * label;number;type;number2;presence, and from 3.22.5 on label2. */
void save_shortcuts(void)
{
    static const wchar_t *const types[] = {
        L"call", L"video", L"message", L"dtmf", L"transfer", L"attendedTransfer", L"conference",
        L"callOrBT", L"callOrAT", L"callOrConference",
    };
    static wchar_t lines[8][1100];
    int count = 0;
    wchar_t name[16], value[1024];
    for (; count < 8; count++) {
        key_of(count, name);
        if (!GetPrivateProfileStringW(L"Shortcuts", name, L"", value, 1024, ini)) break;
        wchar_t *fields[7] = {L"", L"", L"dtmf", L"", L"", L"", L""}, *rest = value;
        int given = 0;
        for (wchar_t *end; rest && given < 7; rest = end) {
            end = wcschr(rest, L';');
            if (end) *end++ = 0;
            fields[given++] = rest;
        }
        if (!MODERN && given == 2) fields[1] = L"";
        BOOL known = FALSE;
        for (int i = 0; i < (MODERN ? 10 : 7); i++) known |= !wcscmp(fields[2], types[i]);
        int length = swprintf(lines[count], 1100, L"%ls;%ls;%ls;%ls;%d", fields[0], fields[1], known ? fields[2] : L"call",
                              fields[3], !wcscmp(fields[4], L"1"));
        if (MODERN) swprintf(lines[count] + length, 1100 - length, L";%ls", *fields[3] && *fields[5] ? fields[5] : fields[0]);
    }
    WritePrivateProfileStringW(L"Shortcuts", NULL, NULL, ini);
    for (int i = 0; i < count; i++) {
        key_of(i, name);
        WritePrivateProfileStringW(L"Shortcuts", name, lines[i], ini);
    }
    note(L"shortcuts", NULL);
}
