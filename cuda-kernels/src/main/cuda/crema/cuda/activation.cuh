// Functions of one variable and their derivatives.
#pragma once
#include "common.cuh"

// The order of crema.tensor.Activation.
enum Activation { IDENTITY, RELU, GELU, GELU_TANH, SILU, SIGMOID, TANH, EXP, LOG, SQUARE, SQRT };

__device__ __forceinline__ float sigmoid(float x) { return 1.f / (1.f + expf(-x)); }

__device__ __forceinline__ float activated(int f, float x) {
  switch (f) {
    case RELU: return fmaxf(x, 0.f);
    // erfc keeps its digits where 1 + erf would lose them.
    case GELU: return 0.5f * x * erfcf(-0.70710678f * x);
    case GELU_TANH: return 0.5f * x * (1.f + tanhf(0.79788456f * (x + 0.044715f * x * x * x)));
    case SILU: return x * sigmoid(x);
    case SIGMOID: return sigmoid(x);
    case TANH: return tanhf(x);
    case EXP: return expf(x);
    case LOG: return logf(x);
    case SQUARE: return x * x;
    case SQRT: return sqrtf(x);
    default: return x;
  }
}

__device__ __forceinline__ float slope(int f, float x) {
  switch (f) {
    case RELU: return x > 0.f ? 1.f : 0.f;
    case GELU: return 0.5f * erfcf(-0.70710678f * x) + x * 0.39894228f * expf(-0.5f * x * x);
    case GELU_TANH: {
      const float t = tanhf(0.79788456f * (x + 0.044715f * x * x * x));
      const float d = 0.79788456f * (1.f + 0.134145f * x * x);
      // Far out the square of x is large and 1 - t * t is zero.
      const float s = 1.f - t * t;
      return 0.5f * (1.f + t) + (s == 0.f ? 0.f : 0.5f * x * s * d);
    }
    case SILU: {
      const float s = sigmoid(x);
      return s * (1.f + x * (1.f - s));
    }
    case SIGMOID: {
      const float s = sigmoid(x);
      return s * (1.f - s);
    }
    case TANH: {
      const float t = tanhf(x);
      return 1.f - t * t;
    }
    case EXP: return expf(x);
    case LOG: return 1.f / x;
    case SQUARE: return 2.f * x;
    case SQRT: return 0.5f / sqrtf(x);
    default: return 1.f;
  }
}

// For an element of an array of T: BF16 keeps 8 bits, for which approximations of 22 do, in a fraction of the time.
template <typename T> __device__ __forceinline__ float sigmoidOf(float x) { return sigmoid(x); }
template <> __device__ __forceinline__ float sigmoidOf<bf16>(float x) { return __fdividef(1.f, 1.f + __expf(-x)); }

// SwiGLU: what is gated times silu of the gate.
template <typename T> __device__ __forceinline__ float gated(float gate, float up) { return gate * sigmoidOf<T>(gate) * up; }
