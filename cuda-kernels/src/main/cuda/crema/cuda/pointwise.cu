// Functions of each element: arrays of n elements, read and written once, 16 bytes a thread at a time where all arrays are
// aligned to that. Outputs may be inputs.
#include "activation.cuh"

// y = f(x) for functions of one array.
template <typename T, typename F> __device__ __forceinline__ void map(const T *x, T *y, long long n, F f) {
  forElements<WIDE<T>>(n, aligned16(x) && aligned16(y),
      [&](long long i) {
        float v[WIDE<T>];
        loadWide(x + i, v);
#pragma unroll
        for (int j = 0; j < WIDE<T>; j++) v[j] = f(v[j]);
        storeWide(y + i, v);
      },
      [&](long long i) { y[i] = narrow<T>(f(widen(x[i]))); });
}

// y = f(a, b) for functions of two arrays of one type.
template <typename T, typename F>
__device__ __forceinline__ void map2(const T *a, const T *b, T *y, long long n, F f) {
  forElements<WIDE<T>>(n, aligned16(a) && aligned16(b) && aligned16(y),
      [&](long long i) {
        float u[WIDE<T>], v[WIDE<T>];
        loadWide(a + i, u);
        loadWide(b + i, v);
#pragma unroll
        for (int j = 0; j < WIDE<T>; j++) u[j] = f(u[j], v[j]);
        storeWide(y + i, u);
      },
      [&](long long i) { y[i] = narrow<T>(f(widen(a[i]), widen(b[i]))); });
}

// y = x in another type: four elements at once, so that neighbouring threads touch neighbouring bytes of both.
template <typename X, typename Y> __device__ __forceinline__ void convert(const X *x, Y *y, long long n) {
  forElements(n, aligned4(x) && aligned4(y),
      [&](long long i) {
        float v[4];
        load4(x + i, v);
        store4(y + i, v);
      },
      [&](long long i) { y[i] = narrow<Y>(widen(x[i])); });
}

ENTRY f32_to_bf16(const float *x, bf16 *y, long long n) { convert(x, y, n); }
ENTRY bf16_to_f32(const bf16 *x, float *y, long long n) { convert(x, y, n); }

ENTRY fill_bf16(float value, bf16 *y, long long n) {
  const bf16 rounded = narrow<bf16>(value);
  for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < n; i += gridDim.x * (long long)blockDim.x) {
    y[i] = rounded;
  }
}

// y[i, j] = x[i, j] for j < columns, with rows of different strides; T is what is moved at once.
template <typename T>
__device__ __forceinline__ void moveColumns(
    const void *x, int xStride, void *y, int yStride, int columns, long long rows) {
  const long long n = rows * columns;
  for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < n; i += gridDim.x * (long long)blockDim.x) {
    const long long row = i / columns;
    const int column = (int)(i - row * columns);
    static_cast<T *>(y)[row * yStride + column] = static_cast<const T *>(x)[row * xStride + column];
  }
}
template <typename T>
__device__ __forceinline__ void columns(const T *x, int xStride, T *y, int yStride, int columns, long long rows) {
  constexpr int N = 16 / sizeof(T);
  if (aligned16(x) && aligned16(y) && xStride % N == 0 && yStride % N == 0 && columns % N == 0) {
    moveColumns<uint4>(x, xStride / N, y, yStride / N, columns / N, rows);
  } else {
    moveColumns<T>(x, xStride, y, yStride, columns, rows);
  }
}

// y[i] = a[i] (operator) b[i % m]: operators in the order of crema.tensor.BinaryOperator.
__device__ __forceinline__ float combined(int op, float a, float b) {
  switch (op) {
    case 0: return a + b;
    case 1: return a - b;
    case 2: return a * b;
    default: return a / b;
  }
}
template <typename T>
__device__ __forceinline__ void binary(int op, const T *a, const T *b, T *y, long long n, long long m) {
  if (m == n) {
    map2(a, b, y, n, [op](float u, float v) { return combined(op, u, v); });
    return;
  }
  if (m == 1) {
    const float v = widen(b[0]);
    map(a, y, n, [op, v](float u) { return combined(op, u, v); });
    return;
  }
  forElements<WIDE<T>>(n, m % WIDE<T> == 0 && aligned16(a) && aligned16(b) && aligned16(y),
      [&](long long i) {
        float u[WIDE<T>], v[WIDE<T>];
        loadWide(a + i, u);
        loadWide(b + i % m, v);
#pragma unroll
        for (int j = 0; j < WIDE<T>; j++) u[j] = combined(op, u[j], v[j]);
        storeWide(y + i, u);
      },
      [&](long long i) { y[i] = narrow<T>(combined(op, widen(a[i]), widen(b[i % m]))); });
}

// dgate = dy * up * silu'(gate), dup = dy * silu(gate).
template <typename T>
__device__ __forceinline__ void swigluBackward(const T *gate, const T *up, const T *dy, T *dgate, T *dup, long long n) {
  const auto gradients = [](float g, float u, float d, float &dg, float &du) {
    const float s = sigmoidOf<T>(g);
    du = d * g * s;
    dg = d * u * (s * (1.f + g * (1.f - s)));
  };
  forElements<WIDE<T>>(n, aligned16(gate) && aligned16(up) && aligned16(dy) && aligned16(dgate) && aligned16(dup),
      [&](long long i) {
        float g[WIDE<T>], u[WIDE<T>], d[WIDE<T>];
        loadWide(gate + i, g);
        loadWide(up + i, u);
        loadWide(dy + i, d);
#pragma unroll
        for (int j = 0; j < WIDE<T>; j++) gradients(g[j], u[j], d[j], g[j], u[j]);
        storeWide(dgate + i, g);
        storeWide(dup + i, u);
      },
      [&](long long i) {
        float dg, du;
        gradients(widen(gate[i]), widen(up[i]), widen(dy[i]), dg, du);
        dgate[i] = narrow<T>(dg);
        dup[i] = narrow<T>(du);
      });
}

template <typename T>
__device__ __forceinline__ void activateBackward(int f, const T *x, const T *dy, T *dx, int add, long long n) {
  forElements<WIDE<T>>(n, aligned16(x) && aligned16(dy) && aligned16(dx),
      [&](long long i) {
        float v[WIDE<T>], d[WIDE<T>], before[WIDE<T>] = {};
        loadWide(x + i, v);
        loadWide(dy + i, d);
        if (add) loadWide(dx + i, before);
#pragma unroll
        for (int j = 0; j < WIDE<T>; j++) v[j] = fmaf(d[j], slope(f, v[j]), before[j]);
        storeWide(dx + i, v);
      },
      [&](long long i) {
        dx[i] = narrow<T>(fmaf(widen(dy[i]), slope(f, widen(x[i])), add ? widen(dx[i]) : 0.f));
      });
}

// y = x / (1 - p) where the element's random number is at least p, else 0.
template <typename T>
__device__ __forceinline__ void dropout(const T *x, float p, const RandomState *state, int op, T *y, long long n) {
  const float factor = 1.f / (1.f - p);
  forElements<WIDE<T>>(n, aligned16(x) && aligned16(y),
      [&](long long i) {
        float v[WIDE<T>];
        loadWide(x + i, v);
#pragma unroll
        for (int j = 0; j < WIDE<T>; j += 4) {
          uint32_t words[4];
          philox(state, op, (i + j) >> 2, words);
#pragma unroll
          for (int k = 0; k < 4; k++) v[j + k] = uniform(words[k]) >= p ? v[j + k] * factor : 0.f;
        }
        storeWide(y + i, v);
      },
      [&](long long i) { y[i] = narrow<T>(uniformAt(state, op, i) >= p ? widen(x[i]) * factor : 0.f); });
}

#define FOR_TYPE(T, S)                                                                                               \
  ENTRY copy_columns_##S(const T *x, int xStride, T *y, int yStride, int n, long long rows) {                        \
    columns(x, xStride, y, yStride, n, rows);                                                                        \
  }                                                                                                                  \
  ENTRY activate_##S(int f, const T *x, T *y, long long n) {                                                         \
    map(x, y, n, [f](float v) { return activated(f, v); });                                                          \
  }                                                                                                                  \
  ENTRY activate_backward_##S(int f, const T *x, const T *dy, T *dx, int add, long long n) {                         \
    activateBackward(f, x, dy, dx, add, n);                                                                          \
  }                                                                                                                  \
  ENTRY binary_##S(int op, const T *a, const T *b, T *y, long long n, long long m) { binary(op, a, b, y, n, m); }    \
  ENTRY scale_##S(float factor, const T *x, T *y, long long n) {                                                     \
    map(x, y, n, [factor](float v) { return factor * v; });                                                          \
  }                                                                                                                  \
  ENTRY add_scaled_##S(float factor, const T *x, T *y, long long n) {                                                \
    map2(x, y, y, n, [factor](float v, float before) { return fmaf(factor, v, before); });                           \
  }                                                                                                                  \
  ENTRY swiglu_##S(const T *gate, const T *up, T *y, long long n) {                                                  \
    map2(gate, up, y, n, [](float g, float u) { return gated<T>(g, u); });                                           \
  }                                                                                                                  \
  ENTRY swiglu_backward_##S(const T *gate, const T *up, const T *dy, T *dgate, T *dup, long long n) {                \
    swigluBackward(gate, up, dy, dgate, dup, n);                                                                     \
  }                                                                                                                  \
  ENTRY dropout_##S(const T *x, float p, const RandomState *state, int op, T *y, long long n) {                      \
    dropout(x, p, state, op, y, n);                                                                                  \
  }

FOR_TYPE(float, f32)
FOR_TYPE(bf16, bf16)
ENTRY copy_columns_i32(const int *x, int xStride, int *y, int yStride, int n, long long rows) {
  columns(x, xStride, y, yStride, n, rows);
}
